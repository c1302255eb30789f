// `npm run check:clipped -- --url http://... [--role county_officer]`: text that is cut off. Every screen of a role at
// 360 and 1440 px in both languages: what has an ellipsis or a hidden overflow and is wider than its box, hints longer
// than their field, what stands on top of its neighbour in a chart, and pages wider than the screen.
import { parseArgs } from 'node:util'
import { openBrowser } from './shoot.ts'
import { look, onePerRole, open, signedIn } from './walk.ts'

const { values: asked } = parseArgs({
  options: {
    url: { type: 'string' },
    role: { type: 'string', default: 'county_officer' },
    widths: { type: 'string', default: '360,1440' },
    langs: { type: 'string', default: 'en,zh' },
  },
})
const url = asked.url ?? 'http://127.0.0.1:3000'

const CUT = `(() => {
  const found = []
  const named = (each) => each.tagName.toLowerCase() + '.' + [...each.classList].slice(0, 2).join('.')
  for (const each of document.querySelectorAll('body *')) {
    const style = getComputedStyle(each)
    if (style.visibility === 'hidden' || each.closest('.d-hidden, [aria-hidden=true]')) continue
    const box = each.getBoundingClientRect()
    if (box.width < 2 || box.height < 2) continue
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    const hides = style.textOverflow === 'ellipsis' || style.overflowX === 'hidden' || style.overflowX === 'clip'
    if (hides && each.scrollWidth > each.clientWidth + 1 && (own || style.textOverflow === 'ellipsis') && each.innerText?.trim())
      found.push('cut: ' + named(each) + ' "' + each.innerText.trim().slice(0, 60) + '"')
  }
  for (const svg of document.querySelectorAll('svg')) {
    const labels = [...svg.querySelectorAll('text')].filter((each) => each.textContent.trim() !== '').map((each) => ({ text: each.textContent, box: each.getBoundingClientRect() }))
    for (let i = 1; i < labels.length; i++) for (let j = 0; j < i; j++) {
      const a = labels[i].box, b = labels[j].box
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
      if (wide > 2 && high > 4) found.push('on top: "' + labels[i].text + '" and "' + labels[j].text + '"')
    }
  }
  const pen = document.createElement('canvas').getContext('2d')
  for (const each of document.querySelectorAll('input[placeholder], textarea[placeholder]')) {
    const style = getComputedStyle(each)
    const room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    if (each.value !== '' || room < 2) continue
    pen.font = style.font
    if (each.tagName === 'INPUT' && pen.measureText(each.placeholder).width > room + 1) found.push('hint cut: "' + each.placeholder + '"')
  }
  const wide = document.documentElement.scrollWidth
  if (wide > innerWidth) found.push('page is ' + wide + ' px wide')
  return [...new Set(found)]
})()`

const browser = await openBrowser()
let total = 0
for (const person of await onePerRole(url)) {
  if (!person || person.role !== asked.role) continue
  const start = await signedIn(browser, url, person)
  const pages = new Set<string>(['/'])
  const kinds = new Set<string>()
  for (const href of pages) {
    if (pages.size > 60) break
    await open(start, url + href)
    for (const link of (await look(start)).links) {
      const kind = link.replace(/[?#].*/, '').replace(/[0-9a-f-]{8,}|\d+/g, '*')
      if (kinds.has(kind)) continue
      kinds.add(kind)
      pages.add(link)
    }
  }
  await start.context().close()
  for (const width of asked.widths.split(',').map(Number)) {
    for (const lang of asked.langs.split(',') as ('en' | 'zh')[]) {
      const page = await signedIn(browser, url, person, { width, lang })
      for (const href of pages) {
        const address = new URL(href, url)
        address.searchParams.set('lang', lang)
        await open(page, address.href)
        const found = (await page.evaluate(CUT)) as string[]
        total += found.length
        for (const each of found) console.log(`${width} ${lang} ${href}: ${each}`)
      }
      await page.context().close()
    }
  }
}
await browser.close()
console.log(`${total} places where text is cut`)
process.exitCode = total > 0 ? 1 : 0
