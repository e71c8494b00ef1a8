import { type RestAnswer, type RestRequest, twilioError } from './route.ts';

const defaultPageSize = 50;
/** Twilio takes a larger PageSize and answers with this many. */
const maxPageSize = 1000;

interface Page {
  items: readonly object[];
  page: number;
  size: number;
  start: number;
  first: string;
  previous: string | null;
  next: string | null;
  here: string;
}

/** A list as the API of 2010 answers: the items beside paths to the other pages. */
export function pageOf2010(request: RestRequest, key: string, items: readonly object[]): RestAnswer {
  const page = pageIn(request, items);
  if (page === undefined) return noSuchPage();
  return {
    status: 200,
    body: {
      [key]: page.items,
      end: Math.max(page.start, page.start + page.items.length - 1),
      first_page_uri: page.first,
      next_page_uri: page.next,
      page: page.page,
      page_size: page.size,
      previous_page_uri: page.previous,
      start: page.start,
      uri: page.here,
    },
  };
}

/** A list as the younger APIs answer: the items, and whole addresses of the other pages under `meta`. */
export function pageOfV1(request: RestRequest, key: string, items: readonly object[]): RestAnswer {
  const page = pageIn(request, items);
  if (page === undefined) return noSuchPage();
  const url = (path: string): string => `https://${request.subdomain}.twilio.com${path}`;
  return {
    status: 200,
    body: {
      [key]: page.items,
      meta: {
        first_page_url: url(page.first),
        key,
        next_page_url: page.next === null ? null : url(page.next),
        page: page.page,
        page_size: page.size,
        previous_page_url: page.previous === null ? null : url(page.previous),
        url: url(page.here),
      },
    },
  };
}

/** Twilio finds a page by its token; what stands in `Page` is for the client alone. @returns nothing for no token of ours. */
function pageIn({ query, path }: RestRequest, items: readonly object[]): Page | undefined {
  const size = Math.min(Math.max(Number(query.get('PageSize') ?? defaultPageSize) || 1, 1), maxPageSize);
  const [, token] = /^PA(\d+)$/.exec(query.get('PageToken') ?? 'PA0') ?? [];
  if (token === undefined) return undefined;
  const page = Number(token);
  const start = page * size;
  const shown = items.slice(start, start + size);
  const address = (number: number): string => {
    const params = new URLSearchParams(query);
    params.set('PageSize', String(size));
    params.set('Page', String(number));
    if (number > 0) params.set('PageToken', `PA${number}`);
    else params.delete('PageToken');
    return `${path}?${params}`;
  };
  return {
    items: shown,
    page,
    size,
    start,
    first: address(0),
    previous: page > 0 ? address(page - 1) : null,
    next: start + size < items.length ? address(page + 1) : null,
    here: address(page),
  };
}

function noSuchPage(): RestAnswer {
  return twilioError(400, 21481, 'Invalid PageToken');
}
