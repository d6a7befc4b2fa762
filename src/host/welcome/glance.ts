import { DiagnosticSeverity, extensions, FileType, languages, Uri, workspace } from 'vscode';
import type { FolderFacts, FolderFiles } from './folder-facts.ts';
import { plainPath, readFolder } from './folder-facts.ts';

export type Glance = {
  readonly folder: FolderFacts;
  /** A path within the folder, of a file that the editor has errors for. */
  readonly brokenFile: string | null;
  readonly changed: boolean;
};

/** Longer files are not read: what is looked for stands in small ones. In bytes. */
const textLimit = 256 * 1024;
/** How long what was seen counts, in milliseconds. */
const freshFor = 10_000;

/**
 * Keeps what the last look at a folder saw. A look is about 15 single files, what the editor knows of errors and what
 * its git extension knows of changes: no folder is listed and nothing is spawned. Ask only about trusted folders.
 */
export class FolderGlance {
  readonly #seen: () => void;
  #last: { readonly path: string; readonly at: number; readonly glance: Glance | null } | null = null;

  /** `seen` is called when a look has ended. */
  constructor(seen: () => void) {
    this.#seen = seen;
  }

  /** What is known of the folder now; null = the first look is under way. An old look is renewed. */
  at(path: string): Glance | null {
    const last = this.#last?.path === path ? this.#last : null;
    if (last === null || Date.now() - last.at > freshFor) {
      this.#last = { path, at: Date.now(), glance: last?.glance ?? null };
      void this.#look(path);
    }
    return last?.glance ?? null;
  }

  async #look(path: string): Promise<void> {
    const folder = await readFolder(filesIn(path));
    if (this.#last?.path !== path) return;
    const glance = { folder, brokenFile: brokenFileIn(path), changed: hasChanges(path) };
    this.#last = { path, at: Date.now(), glance };
    this.#seen();
  }
}

function filesIn(folder: string): FolderFiles {
  const at = (name: string) => Uri.joinPath(Uri.file(folder), name);
  const statOf = async (name: string) => {
    try {
      const { type, size } = await workspace.fs.stat(at(name));
      return (type & FileType.File) !== 0 ? { size } : null;
    } catch {
      // Most names are not there, and one that can't be read is as good as that.
      return null;
    }
  };
  return {
    has: async (name) => (await statOf(name)) !== null,
    text: async (name) => {
      const stat = await statOf(name);
      if (stat === null || stat.size > textLimit) return null;
      try {
        return new TextDecoder().decode(await workspace.fs.readFile(at(name)));
      } catch {
        return null;
      }
    },
  };
}

function brokenFileIn(folder: string): string | null {
  for (const [uri, problems] of languages.getDiagnostics()) {
    if (uri.scheme !== 'file' || !problems.some(({ severity }) => severity === DiagnosticSeverity.Error)) continue;
    const path = plainPath(uri.fsPath, folder);
    if (path !== null) return path;
  }
  return null;
}

/** As much of the API of VS Code's git extension as is read here. */
type GitExtension = {
  readonly getAPI: (version: 1) => {
    readonly repositories: readonly {
      readonly rootUri: Uri;
      readonly state: { readonly workingTreeChanges: readonly unknown[]; readonly indexChanges: readonly unknown[] };
    }[];
  };
};

/** What the editor's own git knows already: it is not woken for this. */
function hasChanges(folder: string): boolean {
  const git = extensions.getExtension<GitExtension>('vscode.git');
  if (git === undefined || !git.isActive) return false;
  try {
    const repository = git.exports.getAPI(1).repositories.find(({ rootUri }) => rootUri.fsPath === folder);
    if (repository === undefined) return false;
    const { workingTreeChanges, indexChanges } = repository.state;
    return workingTreeChanges.length + indexChanges.length > 0;
  } catch {
    // It throws while git is switched off.
    return false;
  }
}
