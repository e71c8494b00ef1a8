import type { Route } from './route.ts';

const expressions = new Map<string, RegExp>();

/** The operation that this request asks for, and what the `{Name}`s of its pattern stand for. */
export function findRoute<T extends Pick<Route, 'subdomain' | 'method' | 'pattern'>>(
  routes: readonly T[],
  request: { subdomain: string; method: string; path: string },
): { route: T; pathParams: Record<string, string> } | undefined {
  for (const route of routes) {
    if (route.subdomain !== request.subdomain || route.method !== request.method) continue;
    const pathParams = matchPattern(route.pattern, request.path);
    if (pathParams !== undefined) return { route, pathParams };
  }
  return undefined;
}

/** What the `{Name}`s of an OpenAPI path stand for in this path, unescaped; nothing when it is another path. */
export function matchPattern(pattern: string, path: string): Record<string, string> | undefined {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .split(/(\{\w+\})/)
      .map((part) =>
        /^\{\w+\}$/.test(part)
          ? `(?<${part.slice(1, -1)}>[^/]+?)`
          : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('');
    expression = new RegExp(`^${source}$`);
    expressions.set(pattern, expression);
  }
  const groups = expression.exec(path)?.groups;
  if (groups === undefined) return expression.test(path) ? {} : undefined;
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return undefined;
  }
}
