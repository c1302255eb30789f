// The page while Doorstep starts: asks how far it is, and opens the product once it is ready. No framework: the product's
// own pages may still be in the making.
const language =
  (navigator.languages ?? [navigator.language])
    .map((tag) => tag.slice(0, 2))
    .find((tag) => tag === 'en' || tag === 'zh') ?? 'en'
const words = (await (await fetch('/starting/words.json')).json())[language]
const element = (id) => document.getElementById(id)
const say = (id, text) => {
  if (element(id).textContent !== text) element(id).textContent = text
}
document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
document.title = words.title
say('title', words.title)

function left(seconds) {
  if (seconds === null || seconds === undefined) return ''
  if (seconds < 90) return words.left.replace('{seconds}', String(Math.max(1, seconds)))
  return words.left_minutes.replace('{minutes}', String(Math.ceil(seconds / 60)))
}

let silent = 0
async function look() {
  let answer
  try {
    answer = await fetch('/api/health', { cache: 'no-store' })
    silent = 0
  } catch {
    silent += 1
    if (silent > 3) say('step', words.no_answer)
    return
  }
  if (answer.status === 200) {
    say('step', words.ready)
    say('left', '')
    element('done').style.width = '100%'
    location.reload()
    return
  }
  const told = await answer.json()
  if (told.state === 'failed') {
    say('title', words.failed)
    say('lead', words.failed_what)
    say('detail', told.message)
    element('detail').hidden = false
    return
  }
  const share = Math.round((told.share ?? 0) * 100)
  say('lead', told.making ? words.lead : words.lead_open)
  say('step', words.steps[told.step] ?? '')
  say('left', left(told.seconds_left))
  element('bar').setAttribute('aria-valuenow', String(share))
  element('done').style.width = `${Math.max(2, share)}%`
}

for (;;) {
  await look()
  await new Promise((later) => setTimeout(later, 500))
}
