// How a file that a stranger sent is handed on: pictures are shown, everything else is saved; nothing in it can run.

// By their first bytes, never by what the sender said of them. No SVG: it can carry a script.
const pictures: [type: string, begins: number[]][] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
]

/** The type of a picture that browsers show; null for anything else. */
export function pictureType(bytes: Uint8Array): string | null {
  const found = pictures.find(([, begins]) => begins.every((byte, index) => bytes[index] === byte))
  if (found) return found[0]
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  return text.startsWith('RIFF') && text.endsWith('WEBP') ? 'image/webp' : null
}

export function fileHeaders(file_name: string, bytes: Uint8Array): Record<string, string> {
  const picture = pictureType(bytes)
  const plain = file_name.replaceAll(/[^\w.-]/g, '_')
  return {
    'Content-Type': picture ?? 'application/octet-stream',
    'Content-Disposition': `${picture ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file_name)}`,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': 'private, no-store',
  }
}
