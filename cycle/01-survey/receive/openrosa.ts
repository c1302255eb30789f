// The OpenRosa protocol as ODK Collect speaks it. Twice: below a device key, and for clients that sign in.
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { DoorEnv } from '#door/context.ts'
import { area } from '#door/permit/area-rule.ts'
import { enter } from '#door/enter.ts'
import { ownScope } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { transact } from '#registry/transaction.ts'
import { ACCEPT_CONTENT_LENGTH, formListXml, manifestXml, OPENROSA_HEADERS } from '#engines/xforms/write/openrosa.ts'
import { acceptSubmission, type Outcome } from './accept.ts'
import { answerDevice, byKey, byPassword, say, sentence } from './device-door.ts'
import { keepFiles } from '../files/send.ts'
import { readMultipart, type Part } from './multipart.ts'
import type { QuarantineCode } from '../quarantine/codes.ts'
import { auditOutcomes, receptionOf } from './reception.ts'
import { fileCounts, formFiles, formInSight, openForms, readForm, readFormFile } from '../forms/store.ts'

/**
 * Where the files of an answer lie: at the public address of the settings, else at the one that this very device asked.
 * It goes back to that device alone; what others are shown never comes from a request (devices/routes.ts).
 */
function origin(c: Context<DoorEnv>): string {
  return (c.var.settings.public_url ?? new URL(c.req.url).origin).replace(/\/$/, '')
}

const segment = (text: string): string => encodeURIComponent(text === '' ? '~' : text)
const plain = (text: string | undefined): string => (text === '~' || text === undefined ? '' : text)

async function formList(c: Context<DoorEnv>, base: string): Promise<Response> {
  const counts = await fileCounts(c.var.tx)
  const forms = (await openForms(c.var.tx, ownScope(c.var.actor))).map((form) => {
    const at = `${origin(c)}${base}/forms/${segment(form.form_id)}/${segment(form.version)}`
    const title = form.title as { en: string; zh: string }
    const both = title.en === title.zh ? title.en : `${title.zh} ${title.en}`
    return {
      form_id: form.form_id,
      name: both,
      version: form.version,
      hash: `md5:${form.xform_md5}`,
      download_url: `${at}.xml`,
      ...(counts.has(`${form.form_id}\n${form.version}`) ? { manifest_url: `${at}/manifest` } : {}),
    }
  })
  return c.body(formListXml(forms), 200, OPENROSA_HEADERS)
}

/** Bytes with their MD5 as ETag: what a device has already it need not fetch again. */
function cached(c: Context<DoorEnv>, md5: string, type: string, bytes: string | Buffer): Response {
  const headers = { ETag: `"${md5}"`, 'Cache-Control': 'private, no-cache', 'X-OpenRosa-Version': '1.0' }
  const known = (c.req.header('if-none-match') ?? '').split(/\s*,\s*/).map((tag) => tag.replace(/^W\//, ''))
  if (known.includes(`"${md5}"`)) return c.body(null, 304, headers)
  const body = typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
  return c.body(body, 200, { ...headers, 'Content-Type': type })
}

async function formXml(c: Context<DoorEnv>): Promise<Response> {
  const version = plain(c.req.param('file')?.replace(/\.xml$/, ''))
  const form = await readForm(c.var.tx, c.req.param('form_id') ?? '', version)
  if (!form || !formInSight(form.owner_area, ownScope(c.var.actor))) throw problem('survey_unknown_form')
  return cached(c, form.xform_md5, 'text/xml; charset=utf-8', form.xform)
}

/** Throws where the form is another area's: its files are not there either. */
async function mustSee(c: Context<DoorEnv>, form_id: string, version: string): Promise<void> {
  const form = await readForm(c.var.tx, form_id, version)
  if (form && !formInSight(form.owner_area, ownScope(c.var.actor))) throw problem('survey_unknown_form')
}

async function manifest(c: Context<DoorEnv>, base: string): Promise<Response> {
  const form_id = c.req.param('form_id') ?? ''
  const version = plain(c.req.param('version'))
  ownScope(c.var.actor)
  await mustSee(c, form_id, version)
  const at = `${origin(c)}${base}/forms/${segment(form_id)}/${segment(version)}/media`
  const files = (await formFiles(c.var.tx, form_id, version)).map(({ file_name, md5 }) => ({
    filename: file_name,
    hash: `md5:${md5}`,
    download_url: `${at}/${encodeURIComponent(file_name)}`,
  }))
  return c.body(manifestXml(files), 200, OPENROSA_HEADERS)
}

async function media(c: Context<DoorEnv>): Promise<Response> {
  const { form_id = '', version, name = '' } = c.req.param() as Record<string, string>
  ownScope(c.var.actor)
  await mustSee(c, form_id, plain(version))
  const file = await readFormFile(c.var.tx, form_id, plain(version), name)
  if (!file) throw problem('not_found')
  return cached(c, file.md5, file.content_type, file.bytes)
}

/** What devices are answered for what lies in quarantine. Those not named: 202, taken but to be looked at. */
const status_of: Partial<Record<QuarantineCode, number>> = {
  survey_malformed_xml: 400,
  survey_unknown_form: 404,
  survey_edit_unknown: 404,
  survey_instance_conflict: 409,
  survey_edit_stale: 409,
}

async function submission(c: Context<DoorEnv>): Promise<Response> {
  // The body first, the transaction after: a slow line must not hold a connection to the registry.
  const { xml, files } = await readBody(c.req.raw)
  const device_id = c.req.query('deviceID')
  const { registry, actor } = c.var
  const outcome = await transact(registry, actor, async (tx) => {
    const reception = await receptionOf(tx, c.var)
    const one = { xml, source: 'device', ...(device_id ? { device_id } : {}) }
    const taken = await acceptSubmission(tx, reception, one)
    await keepFiles(tx, reception, taken, files)
    await auditOutcomes(tx, reception, [taken])
    return taken
  })
  return answerOutcome(c, outcome)
}

function answerOutcome(c: Context<DoorEnv>, outcome: Outcome): Response {
  if (outcome.state === 'quarantined') {
    const text = `${sentence(c, problem(outcome.code))} (${outcome.message} ${outcome.quarantine_id})`
    return say(c, status_of[outcome.code] ?? 202, text, outcome.code)
  }
  const words = {
    accepted: { en: 'Received. Thank you.', zh: '已收到，谢谢。' },
    duplicate: { en: 'Received already; nothing was changed.', zh: '此前已收到，未作更改。' },
  }
  return say(c, 201, words[outcome.state][c.var.language], `submit_${outcome.state}`)
}

/** The XML and the files of a body: multipart as devices send it, or bare XML. */
async function readBody(request: Request): Promise<{ xml: Buffer; files: Part[] }> {
  if (/^(text|application)\/xml\b/i.test(request.headers.get('content-type') ?? '')) {
    const xml = Buffer.from(await request.arrayBuffer())
    if (xml.length > ACCEPT_CONTENT_LENGTH) throw problem('body_too_large')
    return { xml, files: [] }
  }
  const { files } = await readMultipart(request, ['xml_submission_file'])
  const xml = files.find((part) => part.name === 'xml_submission_file')
  if (!xml) throw problem('survey_no_xml')
  return { xml: xml.bytes, files: files.filter((part) => part !== xml) }
}

function announce(c: Context<DoorEnv>): Response {
  return c.body(null, 204, {
    ...OPENROSA_HEADERS,
    'X-OpenRosa-Accept-Content-Length': String(ACCEPT_CONTENT_LENGTH),
  })
}

/** MD5 in hex, as OpenRosa's hashes want it. */
export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

const sent = area.entity('submission', 'form.xml_submission_file')
const keyed = '/v1/key/:key'
const baseOf = (c: Context<DoorEnv>): string => `/v1/key/${encodeURIComponent(c.req.param('key') ?? '')}`

const devices = room()
devices.onError(answerDevice)
devices.use(`${keyed}/*`, byKey)
devices.get(`${keyed}/formList`, enter('survey.form', 'read', area.own), (c) => formList(c, baseOf(c)))
devices.get(`${keyed}/forms/:form_id/:file{.+\\.xml}`, enter('survey.form', 'read', area.own), (c) => formXml(c))
devices.get(`${keyed}/forms/:form_id/:version/manifest`, enter('survey.form', 'read', area.own), (c) =>
  manifest(c, baseOf(c)),
)
devices.get(`${keyed}/forms/:form_id/:version/media/:name`, enter('survey.form', 'read', area.own), (c) => media(c))
devices.get(`${keyed}/submission`, enter('survey.submit', 'by hand', area.common), announce)
devices.post(`${keyed}/submission`, enter('survey.submit', 'by hand', sent), (c) => submission(c))

for (const base of ['', '/v1']) {
  devices.use(`${base}/formList`, byPassword)
  devices.use(`${base}/submission`, byPassword)
  devices.get(`${base}/formList`, enter('survey.submit', 'read', area.own), (c) => formList(c, '/v1'))
  devices.get(`${base}/submission`, enter('survey.submit', 'by hand', area.common), announce)
  devices.post(`${base}/submission`, enter('survey.submit', 'by hand', sent), (c) => submission(c))
}
devices.use('/v1/forms/*', byPassword)
devices.get('/v1/forms/:form_id/:file{.+\\.xml}', enter('survey.form', 'read', area.own), (c) => formXml(c))
devices.get('/v1/forms/:form_id/:version/manifest', enter('survey.form', 'read', area.own), (c) => manifest(c, '/v1'))
devices.get('/v1/forms/:form_id/:version/media/:name', enter('survey.form', 'read', area.own), (c) => media(c))

/** Forms out and submissions in, for ODK Collect and what speaks like it. */
export const openRosaRoutes = devices
