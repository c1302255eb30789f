// Imported before everything that makes a schema. The page's policy (server/http/security-headers.ts) lets no text become
// code; zod tries whether it may, and the browser reports the try in its console as a breach.
import { config } from 'zod'

config({ jitless: true })
