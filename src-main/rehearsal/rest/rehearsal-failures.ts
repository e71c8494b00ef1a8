/** Which requests are to fail; what is absent matches everything. */
export interface FailureMatcher {
  method?: string;
  subdomain?: string;
  /** Against the path, without the query. */
  path?: RegExp;
}

export interface Failure {
  /** HTTP status of the answer; may be left out with `hangUp`. */
  status?: number;
  /** Twilio's error code; absent: an answer without Twilio's JSON, as its load balancers give. */
  code?: number;
  message?: string;
  /** Seconds, as `Retry-After`. */
  retryAfter?: number;
  /** How many requests fail; absent: all, until `stopFailing()`. */
  times?: number;
  /** The connection breaks instead of an answer, or in the middle of one: Twilio has done then what it was asked. */
  hangUp?: true | 'in-the-answer';
  /** Twilio does what it is asked, and only its answer is lost. */
  afterCarryingOut?: boolean;
}

/** Makes requests fail, as networks and Twilio do. */
export class RehearsedFailures {
  #failures: { matcher: FailureMatcher; failure: Failure; left: number }[] = [];

  add(matcher: FailureMatcher, failure: Failure): void {
    this.#failures.push({ matcher, failure, left: failure.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#failures = [];
  }

  /** How this request fails, if it does; it counts as one of its `times`. */
  take(request: { method: string; subdomain: string; path: string }): Failure | undefined {
    const found = this.#failures.find(({ matcher, left }) => left > 0 && matches(matcher, request));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.failure;
  }
}

function matches(
  matcher: FailureMatcher,
  request: { method: string; subdomain: string; path: string },
): boolean {
  return (
    (matcher.method ?? request.method) === request.method &&
    (matcher.subdomain ?? request.subdomain) === request.subdomain &&
    (matcher.path === undefined || new RegExp(matcher.path.source, matcher.path.flags).test(request.path))
  );
}
