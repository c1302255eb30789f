// A form as a programme elsewhere has it, for the tests of imports: groups, several answers, people, their jobs.
import { buildForm, type Form } from '#engines/xforms/form.ts'
import { readMarkdown } from '#engines/xforms/read/read.ts'

export function survey(): Form {
  const { form, problems } = buildForm(
    readMarkdown(`
| survey |
| | type | name | label | relevant |
| | text | area_code | Area | |
| | date | surveyed_on | Date of the visit | |
| | text | hh_no | Household number | |
| | begin group | dwelling | The dwelling | |
| | select_one roof | roof | Roof | |
| | integer | rooms | Rooms | |
| | end group | | | |
| | begin group | living | Living | |
| | select_multiple assets | assets | Assets | |
| | decimal | land_acres | Land in acres | |
| | integer | goats | Goats | |
| | end group | | | |
| | begin repeat | members | People | |
| | text | name | Full name | |
| | text | national_id | National ID | |
| | select_one relation | relation | Relation to head | |
| | select_one sex | sex | Sex | |
| | integer | age | Age | |
| | select_multiple skills | skills | Skills | |
| | begin repeat | jobs | Jobs | |
| | text | job | What work | |
| | integer | months | Months a year | |
| | end repeat | | | |
| | end repeat | | | |
| choices |
| | list_name | name | label |
| | roof | iron | Iron sheets |
| | roof | grass | Grass |
| | assets | radio | Radio |
| | assets | phone | Phone |
| | assets | bicycle | Bicycle |
| | relation | head | Head |
| | relation | spouse | Spouse |
| | relation | child | Child |
| | sex | male | Male |
| | sex | female | Female |
| | skills | sewing | Sewing |
| | skills | repair | Repair |
| settings |
| | form_title | form_id | version |
| | Survey | survey | 1 |
`),
    { form_id: 'survey' },
  )
  if (!form) throw new Error(JSON.stringify(problems))
  return form
}
