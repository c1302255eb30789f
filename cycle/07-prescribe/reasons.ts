// Why an item stands in a plan and why a need stays open, in words: the pack's own labels joined by short phrases.
import { sayMoney } from '#packs/explain/reasons.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import { textIn, type Measure, type Text } from '#packs/schema/schema.ts'
import { causeIn } from './choose.ts'
import type { Uncovered } from './prescribe.ts'

interface Phrases {
  adds(money: string, gap: string): string
  meets(needs: string): string
  answers(causes: string): string
  right: string
  added(reason: string): string
  cause: Partial<Record<Uncovered['reason'], (cause: string) => string>>
  later(months: number): string
  and: string
  between: string
  end: string
  income: string
  open: Record<Uncovered['reason'], (need: string, amount: string, covered: string) => string>
}

const english: Phrases = {
  adds: (money, gap) => `brings ${money} a year toward the ${gap} that are missing`,
  meets: (needs) => `meets the need: ${needs}`,
  answers: (causes) => `answers the cause: ${causes}`,
  right: 'the household has a right to it',
  added: (reason) => `added by decision (${reason})`,
  cause: {
    no_option: (cause) => `${cause}: no measure answers this cause.`,
    not_eligible: (cause) =>
      `${cause}: the household does not meet the condition of any measure that answers this cause.`,
    declined: (cause) => `${cause}: a measure would answer this cause, but it was declined or taken out.`,
    conflict: (cause) => `${cause}: what answers this cause cannot stand beside the other measures.`,
  },
  later: (months) => `works after ${months} months`,
  and: ', ',
  between: '; ',
  end: '.',
  income: 'Income',
  open: {
    not_eligible: (need) => `${need}: no measure that this household can have closes it.`,
    no_option: (need) => `${need}: no measure that this household can have closes it.`,
    not_enough: (need, amount, covered) =>
      amount === ''
        ? `${need}: all measures together do not close it.`
        : `${need}: all measures together bring ${covered} of ${amount} a year.`,
    conflict: (need) => `${need}: it could be closed, but not beside the other measures.`,
    declined: (need) => `${need}: a measure would close it, but it was declined or taken out.`,
    not_proven: (need) => `${need}: no set that closes it was found.`,
    unknown: (need) => `${need}: not known, so no measure could be weighed against it.`,
  },
}

const chinese: Phrases = {
  adds: (money, gap) => `每年增收${money}，用于补足缺口${gap}`,
  meets: (needs) => `解决：${needs}`,
  answers: (causes) => `针对致贫原因：${causes}`,
  right: '依规定应享受',
  added: (reason) => `经研究增加（${reason}）`,
  cause: {
    no_option: (cause) => `${cause}：没有针对这一致贫原因的措施。`,
    not_eligible: (cause) => `${cause}：该户不符合任何针对这一原因的措施的条件。`,
    declined: (cause) => `${cause}：有针对这一原因的措施，但农户不愿意或已经取消。`,
    conflict: (cause) => `${cause}：针对这一原因的措施与其他措施不能同时享受。`,
  },
  later: (months) => `${months}个月后见效`,
  and: '、',
  between: '；',
  end: '。',
  income: '收入',
  open: {
    not_eligible: (need) => `${need}：没有该户可以享受的措施能够解决。`,
    no_option: (need) => `${need}：没有该户可以享受的措施能够解决。`,
    not_enough: (need, amount, covered) =>
      amount === ''
        ? `${need}：全部措施加起来仍不能解决。`
        : `${need}：全部措施每年可增收${covered}，缺口为${amount}。`,
    conflict: (need) => `${need}：可以解决，但与其他措施不能同时享受。`,
    declined: (need) => `${need}：有措施可以解决，但农户不愿意或已经取消。`,
    not_proven: (need) => `${need}：没有找到能够解决的措施组合。`,
    unknown: (need) => `${need}：情况不清楚，无法安排措施。`,
  },
}

const phrases: Record<string, Phrases> = { en: english, zh: chinese }

/** Every language of the pack; where there are no phrases in it yet, English ones. */
function inWords(book: Rulebook, say: (phrase: Phrases, language: string) => string): Text {
  return Object.fromEntries(
    book.pack.languages.map((language) => [language, say(phrases[language] ?? english, language)]),
  )
}

function labelOf(list: readonly { code: string; label: Text }[], code: string, language: string): string {
  const found = list.find((each) => each.code === code)
  return found ? textIn(found.label, language) : code
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Which need and which cause an item closes, in the languages of the pack. Money in minor units a year. */
export function itemReason(
  book: Rulebook,
  item: {
    measure: Measure
    causes: string[]
    income: number
    indicators: string[]
    gap: number | null
    added: string | null
  },
): Text {
  const { pack } = book
  return inWords(book, (phrase, language) => {
    const parts = [
      ...(item.measure.right ? [phrase.right] : []),
      ...(item.added === null ? [] : [phrase.added(item.added)]),
      ...(item.gap !== null && item.income > 0
        ? [phrase.adds(sayMoney(item.income, language, pack), sayMoney(item.gap, language, pack))]
        : []),
      ...(item.indicators.length > 0
        ? [phrase.meets(item.indicators.map((code) => labelOf(pack.indicators, code, language)).join(phrase.and))]
        : []),
      ...(item.causes.length > 0
        ? [phrase.answers(item.causes.map((code) => labelOf(pack.causes, code, language)).join(phrase.and))]
        : []),
      ...(item.measure.starts.after_months > 12 ? [phrase.later(item.measure.starts.after_months)] : []),
    ]
    return capital(parts.join(phrase.between)) + phrase.end
  })
}

/** Why a need stays open, in the languages of the pack. */
export function uncoveredReason(book: Rulebook, open: Omit<Uncovered, 'text'>): Text {
  return inWords(book, (phrase, language) => {
    const code = causeIn(open.need)
    if (code !== null) {
      const cause = labelOf(book.pack.causes, code, language)
      return (phrase.cause[open.reason] ?? phrase.open[open.reason])(cause, '', '')
    }
    const is_income = open.need === 'income'
    const need = is_income ? phrase.income : labelOf(book.pack.indicators, open.need, language)
    const money = (amount: number | null) => (is_income && amount !== null ? sayMoney(amount, language, book.pack) : '')
    return phrase.open[open.reason](need, money(open.amount), money(open.covered))
  })
}
