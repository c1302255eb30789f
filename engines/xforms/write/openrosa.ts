// The documents of the OpenRosa protocol, as pure builders. Demands: https://docs.getodk.org/openrosa/ and the clients'
// own readers: one entry that lacks a required part makes ODK Collect drop the whole list, so they are not optional here.
import { documentOf, element } from '../xml.ts'

/** Hash function given by the caller: 32 lower-case hex digits of the MD5 of the bytes. */
export type Md5 = (bytes: Uint8Array) => string

/** Headers that every OpenRosa answer carries; without the version header Collect says "not an OpenRosa server". */
export const OPENROSA_HEADERS = { 'X-OpenRosa-Version': '1.0', 'Content-Type': 'text/xml; charset=utf-8' } as const

/** Largest body in bytes announced to clients in `X-OpenRosa-Accept-Content-Length` (ODK Central announces the same). */
export const ACCEPT_CONTENT_LENGTH = 100_000_000

/** `md5:<32 hex>` of what will be served. Throws when the function given does not return an MD5 in hex. */
export function openRosaHash(md5: Md5, content: Uint8Array | string): string {
  const hex = md5(typeof content === 'string' ? new TextEncoder().encode(content) : content)
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new RangeError('md5 must return 32 lower-case hex digits')
  return `md5:${hex}`
}

function absolute(url: string): string {
  if (!/^https?:\/\//.test(url)) throw new RangeError(`OpenRosa wants absolute addresses, got "${url}"`)
  return url
}

function prefixed(hash: string): string {
  if (!/^md5:[0-9a-f]{32}$/.test(hash)) throw new RangeError(`a hash is md5:<32 hex>, got "${hash}"`)
  return hash
}

export type ListedForm = {
  form_id: string
  name: string
  version?: string
  /** `md5:<32 hex>` of the XForm as served. */
  hash: string
  download_url: string
  /** Only when the form has attachments. */
  manifest_url?: string
  description?: string
}

/** The form list. Addresses must be absolute; throws RangeError on what clients would refuse. */
export function formListXml(forms: readonly ListedForm[]): string {
  const listed = forms.map((form) => {
    if (form.form_id === '' || form.name === '') throw new RangeError('a listed form needs form_id and name')
    return element('xform', {}, [
      element('formID', {}, [form.form_id]),
      element('name', {}, [form.name]),
      element('version', {}, form.version === undefined || form.version === '' ? [] : [form.version]),
      element('hash', {}, [prefixed(form.hash)]),
      ...(form.description === undefined ? [] : [element('descriptionText', {}, [form.description])]),
      element('downloadUrl', {}, [absolute(form.download_url)]),
      ...(form.manifest_url === undefined ? [] : [element('manifestUrl', {}, [absolute(form.manifest_url)])]),
    ])
  })
  return documentOf(element('xforms', { xmlns: 'http://openrosa.org/xforms/xformsList' }, listed))
}

export type MediaFile = {
  filename: string
  hash: string
  download_url: string
  /** Set for a list of entities, which Collect then keeps up to date. */
  entity_list?: { integrity_url: string; approval?: boolean }
}

/** The manifest of a form's attachments. */
export function manifestXml(files: readonly MediaFile[]): string {
  const listed = files.map((file) => {
    if (file.filename === '') throw new RangeError('a media file needs a filename')
    const type = file.entity_list ? (file.entity_list.approval ? 'approvalEntityList' : 'entityList') : undefined
    return element('mediaFile', { type }, [
      element('filename', {}, [file.filename]),
      element('hash', {}, [prefixed(file.hash)]),
      element('downloadUrl', {}, [absolute(file.download_url)]),
      ...(file.entity_list ? [element('integrityUrl', {}, [absolute(file.entity_list.integrity_url)])] : []),
    ])
  })
  return documentOf(element('manifest', { xmlns: 'http://openrosa.org/xforms/xformsManifest' }, listed))
}

/** Answer to an integrity request: which of the asked entities were deleted. */
export function integrityXml(entities: readonly { id: string; deleted: boolean }[]): string {
  const listed = entities.map(({ id, deleted }) =>
    element('entity', { id }, [element('deleted', {}, [String(deleted)])]),
  )
  return documentOf(element('data', {}, [element('entities', {}, listed)]))
}

/** The answer to a submission; Collect shows the message to the person. `nature` as ODK Aggregate and Central send it. */
export function openRosaResponse(message: string, nature = ''): string {
  return documentOf(
    element('OpenRosaResponse', { xmlns: 'http://openrosa.org/http/response', items: '0' }, [
      element('message', { nature }, [message]),
    ]),
  )
}
