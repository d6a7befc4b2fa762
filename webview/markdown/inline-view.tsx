import type { Token, Tokens } from 'marked';
import type { ComponentChildren, JSX } from 'preact';
import { t } from '../strings.ts';
import { resolveEntities } from './entities.ts';
import { usePageActions } from './page-actions.ts';
import type { SafeLink } from './safe-link.ts';
import { fileMention, safeLink } from './safe-link.ts';

const maxDepth = 24;

/** Inline tokens as elements; links only where {@link safeLink} knows them, everything else as text. */
export function InlineView(props: { readonly tokens: readonly Token[]; readonly depth?: number }): JSX.Element {
  const depth = props.depth ?? 0;
  return <>{props.tokens.map((token, index) => inline(token, index, depth))}</>;
}

function inline(token: Token, key: number, depth: number): ComponentChildren {
  if (depth > maxDepth) return token.raw;
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{children(token, depth)}</strong>;
    case 'em':
      return <em key={key}>{children(token, depth)}</em>;
    case 'del':
      return <del key={key}>{children(token, depth)}</del>;
    case 'br':
      return <br key={key} />;
    case 'codespan':
      return <CodeSpan key={key} text={(token as Tokens.Codespan).text} />;
    case 'link': {
      const { href, autolink } = token as Tokens.Link;
      const link = safeLink(autolink ? href : resolveEntities(href));
      const content = children(token, depth);
      return link === null ? (
        <span key={key}>{content}</span>
      ) : (
        <LinkTo key={key} link={link}>
          {content}
        </LinkTo>
      );
    }
    case 'image': {
      // No image is loaded from anywhere: its address would tell who reads. The link says what it is.
      const { href, text } = token as Tokens.Image;
      const link = safeLink(resolveEntities(href));
      const words = t('imageNamed', resolveEntities(text) || href);
      return link === null ? (
        <span key={key}>{words}</span>
      ) : (
        <LinkTo key={key} link={link}>
          {words}
        </LinkTo>
      );
    }
    case 'checkbox':
      return (token as Tokens.Checkbox).checked ? '☑ ' : '☐ ';
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? resolveEntities(text) : children(token, depth);
    }
    default:
      return token.raw;
  }
}

const children = (token: Token, depth: number): JSX.Element => (
  <InlineView tokens={('tokens' in token ? token.tokens : undefined) ?? []} depth={depth + 1} />
);

function CodeSpan({ text }: { readonly text: string }): JSX.Element {
  const link = fileMention(text);
  const code = <code>{text}</code>;
  return link === null ? code : <LinkTo link={link}>{code}</LinkTo>;
}

/** A link is a button in behaviour: the host opens it, after it has looked at it. */
function LinkTo({ link, children }: { readonly link: SafeLink; readonly children: ComponentChildren }): JSX.Element {
  const { openLink } = usePageActions();
  const title = link.kind === 'url' ? t('opensHost', link.host) : t('opensFile', link.path);
  return (
    // An anchor, since a button can't break over lines. Its address is none: the editor would open it on its own.
    // biome-ignore lint/a11y/useValidAnchor: see above
    <a
      href="#"
      title={title}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        openLink(link);
      }}
    >
      {children}
    </a>
  );
}
