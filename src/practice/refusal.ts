/** An answer that is an HTTP error. The body follows the shape OpenAI uses: `{error:{message,type,code,param}}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly type?: string; readonly param?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.type = more.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
    this.param = more.param ?? null;
    this.headers = more.headers ?? {};
  }

  /** The JSON body of the answer. */
  body(): { readonly error: Readonly<Record<'message' | 'type' | 'code' | 'param', string | null>> } {
    return { error: { message: this.message, type: this.type, code: this.code, param: this.param } };
  }
}
