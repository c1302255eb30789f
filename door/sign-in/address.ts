import type { Context } from 'hono'
import type { DoorEnv } from '../context.ts'

/** What the HTTP server hands to the app beside the request (@hono/node-server). */
interface Bindings {
  incoming?: { socket?: { remoteAddress?: string | undefined } }
}

/**
 * Where a request comes from, for limits: an IPv4 address, or the network of an IPv6 one (its first 64 bits, which one
 * customer holds as a whole: RFC 6177). `X-Forwarded-For` is believed only for as many proxies as the settings name,
 * counted from the right: what stands further left is what the sender claims. 'here' for work inside the process.
 */
export function addressOf(c: Context<DoorEnv>): string {
  const direct = (c.env as Bindings | undefined)?.incoming?.socket?.remoteAddress
  const proxies = c.var.settings.trusted_proxies
  const told = (c.req.header('x-forwarded-for') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const address = proxies > 0 ? (told.at(-proxies) ?? direct) : direct
  return network(address ?? 'here')
}

function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail = ''] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = plain.includes('::') ? Array.from({ length: 8 - left.length - right.length }, () => '0') : []
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
