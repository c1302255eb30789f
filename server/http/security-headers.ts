import type { Settings } from '#door/settings.ts'

// Mantine writes style attributes; no script is ever inline. MapLibre starts its worker from a blob.
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
  "form-action 'self'",
].join('; ')

// Half a year, as the OWASP cheat sheet "HTTP Strict Transport Security" asks at least.
const half_year_seconds = 15_768_000

/**
 * What every answer carries, pages, files, data and refusals alike (OWASP Secure Headers Project). Browsers are told to
 * stay with https only where the product is met by https: on plain http the header would be ignored or lock people out.
 */
export function securityHeaders(settings: Pick<Settings, 'public_url' | 'secure_cookies'>): Record<string, string> {
  const by_https = settings.public_url ? settings.public_url.startsWith('https:') : settings.secure_cookies
  return {
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
    ...(by_https ? { 'strict-transport-security': `max-age=${half_year_seconds}; includeSubDomains` } : {}),
  }
}
