import type { Token, Tokens } from 'marked';
import type { ComponentChildren, JSX } from 'preact';
import { t } from '../strings.ts';
import { resolveEntities } from './entities.ts';
import { fileMentions } from './file-mentions.ts';
import { usePageActions } from './page-actions.ts';
import { safeImage } from './safe-image.ts';
import type { SafeLink } from './safe-link.ts';
import { fileMention, safeLink } from './safe-link.ts';

const maxDepth = 24;

/** Inline tokens as elements; links only where {@link safeLink} knows them, everything else as text. */
export function InlineView(props: {
  readonly tokens: readonly Token[];
  readonly depth?: number;
  /** Words of a link lead where it leads, whatever else they name. */
  readonly inLink?: boolean;
}): JSX.Element {
  const { tokens, depth = 0, inLink = false } = props;
  return <>{tokens.map((token, index) => inline(token, index, depth, inLink))}</>;
}

function inline(token: Token, key: number, depth: number, inLink: boolean): ComponentChildren {
  if (depth > maxDepth) return token.raw;
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{children(token, depth, inLink)}</strong>;
    case 'em':
      return <em key={key}>{children(token, depth, inLink)}</em>;
    case 'del':
      return <del key={key}>{children(token, depth, inLink)}</del>;
    case 'br':
      return <br key={key} />;
    case 'codespan':
      return codeSpan((token as Tokens.Codespan).text, key, inLink);
    case 'link': {
      const { href, autolink } = token as Tokens.Link;
      const link = safeLink(autolink ? href : resolveEntities(href));
      const content = children(token, depth, true);
      return link === null ? (
        <span key={key}>{content}</span>
      ) : (
        <LinkTo key={key} link={link} shown={shownText(token)}>
          {content}
        </LinkTo>
      );
    }
    case 'image': {
      const { href, text } = token as Tokens.Image;
      const image = safeImage(href);
      if (image !== null)
        return <img key={key} src={image} alt={resolveEntities(text) || t('image')} decoding="async" />;
      // No image is loaded from anywhere: its address would tell who reads. The link says what it is.
      const link = safeLink(resolveEntities(href));
      const words = t('imageNamed', resolveEntities(text) || href.slice(0, 80));
      return link === null ? (
        <span key={key}>{words}</span>
      ) : (
        <LinkTo key={key} link={link} shown="">
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
      return tokens === undefined ? words(resolveEntities(text), inLink) : children(token, depth, inLink);
    }
    default:
      return token.raw;
  }
}

const children = (token: Token, depth: number, inLink: boolean): JSX.Element => (
  <InlineView tokens={('tokens' in token ? token.tokens : undefined) ?? []} depth={depth + 1} inLink={inLink} />
);

/** Text with links where it names files. In a link it is that link's alone. */
function words(text: string, inLink: boolean): ComponentChildren {
  if (inLink) return text;
  return fileMentions(text).map((part, index) =>
    typeof part === 'string' ? (
      part
    ) : (
      <LinkTo key={index} link={part.link} shown={part.text}>
        {part.text}
      </LinkTo>
    ),
  );
}

function codeSpan(text: string, key: number, inLink: boolean): JSX.Element {
  const link = inLink ? null : fileMention(text);
  if (link === null) return <code key={key}>{text}</code>;
  return (
    <LinkTo key={key} link={link} shown={text}>
      <code>{text}</code>
    </LinkTo>
  );
}

/** The words of a link without their marks. */
function shownText(token: Token): string {
  const inner = 'tokens' in token ? token.tokens : undefined;
  if (inner !== undefined && inner.length > 0) return inner.map(shownText).join('');
  return 'text' in token && typeof token.text === 'string' ? resolveEntities(token.text) : token.raw;
}

/** Whether a reader sees from the words alone to which host they lead. */
function tellsHost(shown: string, link: SafeLink): boolean {
  if (link.kind === 'file') return true;
  const words = safeLink(shown.trim());
  if (words !== null && words.kind === 'url') return words.host === link.host;
  return shown.trim() === link.host;
}

/** A link is a button in behaviour: the host opens it, after it has looked at it. Its words do not hide where it leads. */
function LinkTo(props: {
  readonly link: SafeLink;
  /** The words of it, for what they promise. */
  readonly shown: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { link, shown, children } = props;
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
      {link.kind === 'url' && !tellsHost(shown, link) && <span class="host"> ({link.host})</span>}
    </a>
  );
}
