/**
 * Names of the made people: written for this project, no name list was copied.
 * The surnames stand in about the order of their national frequency; only two published shares are used to weigh them:
 * the five commonest hold 31.8 % and the hundred commonest 86.4 % of the people.
 */

/** Surnames, commonest first. */
export const SURNAMES: string[] = [
  ...'王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹',
  ...'熊白孟秦邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘',
  ...'祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉骆路柴蓝鲍辛管房桂娄刁巫赖危揭幸宗缪邬',
  '欧阳',
]

const TOP_5 = 0.318
const TOP_100 = 0.864

/** Share of the people who bear the surname of each rank; the shares sum to one. */
export function surnameShares(): number[] {
  const top = [7.4, 7.3, 6.9, 5.5, 4.7]
  const topSum = top.reduce((a, b) => a + b, 0)
  const body = Array.from({ length: 95 }, (_, i) => (i + 6) ** -0.93)
  const bodySum = body.reduce((a, b) => a + b, 0)
  const tail = SURNAMES.length - 100
  return SURNAMES.map((_, i) => {
    if (i < 5) return (TOP_5 * top[i]!) / topSum
    if (i < 100) return ((TOP_100 - TOP_5) * body[i - 5]!) / bodySum
    return (1 - TOP_100) / tail
  })
}

/** Ten thousand slots, each holding one surname, in proportion to its share: a draw is one integer. */
export function surnameSlots(): string[] {
  const shares = surnameShares()
  const slots: string[] = []
  let sum = 0
  for (const [i, share] of shares.entries()) {
    sum += share
    while (slots.length < Math.round(sum * 10_000)) slots.push(SURNAMES[i]!)
  }
  return slots
}

/** Characters of given names by decade of birth and sex, the most usual first. 1940 stands for earlier years too. */
export const GIVEN: { decade: number; sex: 'male' | 'female'; characters: string }[] = [
  { decade: 1940, sex: 'male', characters: '德福贵财发生根水金木火长有大才荣昌盛寿祥仁义礼元保家国光庆余万连炳顺和禄' },
  { decade: 1940, sex: 'female', characters: '秀英桂兰珍凤莲香金玉花菊梅翠银娥招妹连美春云素贞月荷仙娣细冬福清芝姣润' },
  { decade: 1950, sex: 'male', characters: '建国新民军华平生明光荣福贵德金水根保卫东和发祥林春贤先永庆有才忠义文彬全' },
  { decade: 1950, sex: 'female', characters: '秀英兰珍桂凤香莲玉梅金菊花春美翠云月招娣红素芳琴清荣华平贞芝冬连娥莉珠' },
  { decade: 1960, sex: 'male', characters: '建国军华平明卫东红文林海春生荣辉勇学志强永光忠庆伟金新民福发祥斌跃进援' },
  { decade: 1960, sex: 'female', characters: '秀兰英红梅玉芳凤珍桂华琴丽萍香莲美云金春菊燕霞艳群爱小招冬娣月娥青珠' },
  { decade: 1970, sex: 'male', characters: '军勇伟建华明平强辉林海文春斌志峰刚东波永涛清云生荣小金学民庆亮剑洪飞' },
  { decade: 1970, sex: 'female', characters: '丽红艳梅芳燕玲霞萍英秀华春兰小敏琴桂云海凤娟美莲香玉静琼群珍慧花妹招' },
  { decade: 1980, sex: 'male', characters: '伟勇军强磊涛超明辉鹏华杰波飞斌峰俊亮刚健志海林龙文建平晓东小鑫荣云宇' },
  { decade: 1980, sex: 'female', characters: '丽燕娟霞艳玲芳红静敏婷梅萍英春华晓小兰丹莉娜慧琴雪云海秀玉花香美萌娇' },
  { decade: 1990, sex: 'male', characters: '伟鹏杰超涛浩磊俊文强龙斌鑫辉宇凯志明飞亮豪健林阳旭波帅威建勇海嘉成新' },
  { decade: 1990, sex: 'female', characters: '婷丽静雪敏娟艳燕玲萍芳慧莹倩红霞丹梅琴晓欣佳蓉云嘉文颖洁美春娜秀玉思' },
  { decade: 2000, sex: 'male', characters: '俊文杰宇浩志鑫豪嘉伟鹏涛涵轩辉强宏博子涛阳晨磊明凯龙诚睿煜泽天毅建斌' },
  { decade: 2000, sex: 'female', characters: '婷欣怡雨佳慧静雪思琪嘉颖梦文丽莹晴雯敏玲芳倩洁悦诗瑶玉美萍燕婧晓妍蓉' },
  { decade: 2010, sex: 'male', characters: '浩宇轩子俊杰泽梓博文涵睿嘉辰宸晨铭昊皓航天佑诺一鑫奕然逸煜瑞翔晟明烨' },
  { decade: 2010, sex: 'female', characters: '欣怡梓涵萱雨诗琪思佳可馨依诺语嫣妍彤瑶雅悦晨菲若婷嘉奕静钰瑾昕沐淑慧' },
]

/** Characters that sound alike or nearly so: what a clerk who hears a name may type. */
export const HOMOPHONES: string[] = [
  '伟维卫威玮',
  '丽莉利力莅',
  '芳方坊',
  '英瑛鹰莹',
  '华花桦',
  '军君钧均俊',
  '平萍苹屏',
  '红洪宏鸿',
  '明鸣铭',
  '玲灵铃林凌',
  '秀绣',
  '珍真贞',
  '桂贵',
  '兰蓝岚',
  '梅美妹',
  '香湘祥',
  '莲连廉涟',
  '金今津',
  '玉育裕钰',
  '菊局',
  '翠萃',
  '凤风奉',
  '建健剑',
  '国果',
  '新欣鑫馨心',
  '民敏',
  '生升声胜',
  '根跟',
  '水税',
  '福富',
  '德得',
  '财才材',
  '发法',
  '荣容蓉',
  '长常昌',
  '辉晖徽',
  '勇永咏',
  '志智致',
  '强墙',
  '斌彬宾',
  '峰锋枫',
  '刚钢',
  '波博',
  '涛滔',
  '清青庆',
  '云芸',
  '小晓',
  '学雪',
  '春椿',
  '海亥',
  '燕艳雁',
  '霞侠',
  '娟涓',
  '静敬婧',
  '婷亭',
  '慧惠',
  '琴勤芹',
  '琼穷',
  '群裙',
  '雨宇语羽',
  '佳嘉家',
  '思诗斯',
  '颖影',
  '洁杰',
  '文雯闻',
  '子梓紫',
  '涵函寒',
  '轩萱宣',
  '浩昊皓',
  '泽择',
  '睿瑞',
  '晨辰宸',
  '怡依宜',
  '琪奇祺',
  '瑶遥',
  '悦月跃',
  '妍研言',
  '仁任',
  '义艺毅',
  '东冬',
  '光广',
  '忠中钟',
  '超朝',
  '磊雷',
  '鹏朋',
  '飞菲',
  '亮良',
  '龙隆',
  '阳扬杨',
  '招昭',
  '娥鹅',
  '银寅',
  '章张',
  '程成陈',
  '余于俞',
  '付傅',
  '肖萧',
  '邱丘',
  '闫严颜',
  '何贺',
  '吴伍武',
  '徐许',
  '蒋姜',
  '黎李',
  '刘柳',
  '魏韦',
  '包鲍',
]

/** The same character written another way (traditional, old or popular form). */
export const VARIANTS: string[] = [
  '吕呂',
  '黄黃',
  '陈陳',
  '刘劉',
  '张張',
  '杨楊',
  '赵趙',
  '吴吳',
  '孙孫',
  '马馬',
  '罗羅',
  '郑鄭',
  '谢謝',
  '许許',
  '韩韓',
  '邓鄧',
  '冯馮',
  '肖萧',
  '付傅',
  '叶葉',
  '苏蘇',
  '卢盧',
  '钟鍾',
  '闫阎',
  '邱丘',
  '龙龍',
  '贺賀',
  '顾顧',
  '龚龔',
  '万萬',
  '钱錢',
  '严嚴',
  '汤湯',
  '国國',
  '华華',
  '兰蘭',
  '凤鳳',
  '贵貴',
  '桂挂',
  '荣榮',
  '义義',
  '礼禮',
  '宝寶',
  '连連',
  '莲蓮',
  '长長',
  '庆慶',
  '发發',
  '财財',
  '祥详',
  '伟偉',
  '丽麗',
  '红紅',
  '艳艷',
  '云雲',
  '强強',
  '峰峯',
  '刚剛',
  '涛濤',
  '辉輝',
  '军軍',
  '东東',
  '东车',
  '鹏鵬',
  '飞飛',
  '静靜',
  '泽澤',
  '晓曉',
]
