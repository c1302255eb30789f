// The household form of this engine's tests: every field type, a group in a group, a repeat with dates and money.
import { buildForm } from './form.ts'
import { readMarkdown } from './read/markdown.ts'

const { form, problems } = buildForm(
  readMarkdown(`
| survey |
| | type | name | label | relevant | constraint | constraint_message | required | unit | minor_units | calculation | bind::type |
| | start | start | | | | | | | | | |
| | deviceid | deviceid | | | | | | | | | |
| | begin group | cover | Cover | | | | | | | | |
| | begin group | place | Place | | | | | | | | |
| | text | village | Village | | | | yes | | | | |
| | end group | | | | | | | | | | |
| | select_one yesno | poor | Poor? | | | | yes | | | | |
| | end group | | | | | | | | | | |
| | select_one wall | wall | Wall | \${poor} = 'yes' | | | yes | | | | |
| | select_multiple asset | assets | Assets | | not(selected(., 'none')) or count-selected(.) = 1 | None stands alone. | | | | | |
| | decimal | area | Area | | . > 0 | | | mu | | | |
| | decimal | income | Income | | . >= 0 | | yes | CNY | 100 | | |
| | geopoint | gps | Place | | | | | | | | |
| | image | photo | House | | | | | | | | |
| | begin repeat | member | Member | | | | | | | | |
| | text | m_name | Name | | | | yes | | | | |
| | date | born | Born | | . <= today() and . > today() - 120 * 365.25 | The birth date lies in the future. | | | | | |
| | integer | age | Age | | . >= 0 and . <= 120 | | | year | | | |
| | decimal | wage | Wage | \${age} >= 16 | . <= \${income} | | \${age} >= 18 | CNY | 100 | | |
| | end repeat | | | | | | | | | | |
| | calculate | n_children | | | | | | | | count(\${member}[age < 15]) | int |
| | note | thanks | Thank you | | | | | | | | |
| choices |
| | list_name | name | label |
| | yesno | yes | Yes |
| | yesno | no | No |
| | wall | mud | Mud |
| | wall | brick | Brick |
| | asset | none | None |
| | asset | tv | TV |
| | asset | phone | Phone |
| settings |
| | form_id | version | form_title |
| | household | 7 | Household |`),
)
if (!form) throw new Error(JSON.stringify(problems))
export const HOUSEHOLD = form
