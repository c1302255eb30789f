// Small tables of our own: what clerks and keyboards really interchange in names. Not a dictionary: each group was chosen
// because both forms occur in names. First the standard simplified character, then its other forms (traditional forms as
// in the Table of General Standard Chinese Characters, 2013, and common variants).

export const VARIANTS = `
  欧歐 吕呂 张張 陈陳 刘劉 杨楊 赵趙 黄黃 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 许許 邓鄧 冯馮 韩韓 肖蕭萧
  叶葉 苏蘇 卢盧 蒋蔣 贾賈 钟鍾鐘锺 闫阎閻閆 谭譚 陆陸 范範 邹鄒 顾顧 龚龔 万萬 钱錢 汤湯 贺賀
  赖賴 庞龐 颜顏 齐齊 龙龍 严嚴 温溫 鲁魯 乔喬 华華 国國 兰蘭 凤鳳 丽麗 军軍 伟偉 东東 红紅
  艳艷豔 娇嬌 莲蓮 莹瑩 云雲 飞飛 庆慶 财財 贵貴 宝寶 银銀 锋鋒 钢鋼 铁鐵 强強彊 刚剛 会會 义義
  礼禮 学學 书書 杰傑 俊儁 峰峯 岭嶺 岳嶽 滨濱 涛濤 泽澤 润潤 洁潔 琼瓊 环環 静靜 颖穎 爱愛 双雙
  发發髮 长長 庄莊 兴興 胜勝 师師 圣聖 顺順 绪緒 维維 继繼 缘緣 贞貞 贤賢 珍珎 玺璽 秋秌 晓曉
  时時 晋晉 荣榮 权權 栋棟 桥橋 树樹 梦夢 欢歡 灵靈 灿燦 炜煒 烨燁 焕煥 辉輝煇 耀燿 坚堅 壮壯
  奋奮 妇婦 娴嫻嫺 姗姍 婵嬋 宁寧甯 宪憲 实實 宽寬 尧堯 岚嵐 峡峽 帅帥 广廣 应應 开開 彦彥 德徳悳
  恒恆 恺愷 战戰 扬揚 拥擁 么幺麼 来來 盖蓋 祯禎 稳穩 竞競 笃篤 约約 纪紀 纯純 练練 绍紹 经經
  绣繡綉 综綜 聪聰 肃肅 胡鬍 腾騰 芦蘆 苇葦 苍蒼 荫蔭 药藥 蝉蟬 补補 见見 观觀 训訓 诗詩 诚誠
  语語 谊誼 谦謙 贝貝 赞贊讚 跃躍 轩軒 达達 运運 进進 连連 远遠 选選 里裡裏 钧鈞 铃鈴 铭銘 锐銳
  锡錫 锦錦 键鍵 镇鎮 阳陽 阴陰 际際 随隨 隐隱 难難 韵韻 页頁 项項 风風 骏駿 驰馳 骥驥 鸣鳴 鸿鴻
  鹏鵬 鹤鶴 点點 党黨 后後 丰豐 乐樂 亚亞 亿億 仓倉 仪儀 众眾衆 传傳 伦倫 侠俠 俭儉 优優 关關
  养養 农農 净淨 凯凱 击擊 动動 励勵 勋勳勛 区區 卫衛衞 厉厲 参參 号號 员員 启啟啓 园園 图圖 团團
  坤堃 声聲 处處 备備 复復 奖獎 奥奧 怀懷 总總 惠恵 妍姸 异異 弥彌 归歸 当當 录錄 闻聞 闯闖 阁閣
  湾灣 满滿 滢瀅 潇瀟 渊淵 泪淚 浓濃 游遊 柏栢 柳栁 桂椢 群羣 为為爲 于於 余餘 沈瀋 鉴鑑鑒 钦欽
  琅瑯 玮瑋 珑瓏 瑶瑤 璇璿 绮綺 绿綠 缨纓 艺藝 芸蕓
`
  .trim()
  .split(/\s+/)

/** Two-character surnames still in use; the commonest in the 2010s household register. */
export const COMPOUND_SURNAMES = `
  欧阳 上官 皇甫 令狐 诸葛 司徒 司马 申屠 夏侯 贺兰 完颜 慕容 尉迟 长孙 端木 东方
  南宫 独孤 西门 公孙 宇文 轩辕 百里 呼延 东郭 澹台 淳于 太史 拓跋 钟离 闻人 公羊
`
  .trim()
  .split(/\s+/)

/** Characters read otherwise as surnames than as words. */
export const SURNAME_READINGS: Readonly<Record<string, string>> = {
  单: 'shan4',
  仇: 'qiu2',
  曾: 'zeng1',
  解: 'xie4',
  区: 'ou1',
  查: 'zha1',
  任: 'ren2',
  华: 'hua4',
  朴: 'piao2',
  盖: 'ge3',
  纪: 'ji3',
  尉: 'wei4',
  乐: 'yue4',
  覃: 'qin2',
  冼: 'xian3',
  员: 'yun4',
  翟: 'zhai2',
  瞿: 'qu2',
  缪: 'miao4',
  宁: 'ning4',
  秘: 'bi4',
  折: 'she2',
  黑: 'he4',
  重: 'chong2',
  洗: 'xian3',
  召: 'shao4',
  燕: 'yan1',
  应: 'ying1',
  令: 'ling2',
  么: 'yao1',
}

/** Initials that southern speech does not tell apart, and what they are folded into. */
export const DIALECT_INITIALS: readonly (readonly [string, string])[] = [
  ['zh', 'z'],
  ['ch', 'c'],
  ['sh', 's'],
  ['n', 'l'],
]

/** Finals that southern speech does not tell apart, and what they are folded into. */
export const DIALECT_FINALS: readonly (readonly [string, string])[] = [
  ['ang', 'an'],
  ['eng', 'en'],
  ['ing', 'in'],
]
