import type { Section } from "./routes";

const sections = {
  overview: "Overview", tasks: "Scan tasks", schedules: "Schedules", machines: "Machines", explorer: "API Explorer", settings: "Settings",
} satisfies Record<Exclude<Section, "none">, string>;

const en = {
  sections,
  skip: "Skip to the content",
  navigation: "Main",
  fold: "Fold the navigation",
  unfold: "Unfold the navigation",
  openMenu: "Open the navigation",
  search: "Search or go to ...",
  running: (n: number, percent: number) => (n === 1 ? `1 scan ${percent}%` : `${n} scans ${percent}%`),
  runningTitle: "Running scans",
  newScan: "New scan",
  language: "Language",
  theme: "Theme",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },
  account: (user: string) => `Signed in as ${user}`,
  mySettings: "Password and second factor",
  shortcuts: "Keyboard shortcuts",
  singleKeys: "Single-key shortcuts",
  singleKeysHint: "Off: only those with Ctrl or Cmd are heard.",
  signOut: "Sign out",
  stale: "No live updates at the moment. What you see may be old; the connection is being made again.",
  nothingHere: "There is no such page.",
  toOverview: "To the overview",
  palette: "Go to",
  nothingFound: "Nothing found.",
  kinds: { page: "Page", scan: "Scan", machine: "Machine", task: "Task", action: "API action" },
  startScan: (module: string) => `Start a scan: ${module}`,
  keys: {
    palette: "Search, go anywhere", help: "This sheet", go: "Go to", newScan: "New scan", filter: "Search in the list", rows: "Next and previous row",
    open: "Open the row", close: "Close", select: "Select the row", menu: "Menu of the row",
  },
};

const zh: typeof en = {
  sections: { overview: "概览", tasks: "扫描任务", schedules: "定时扫描", machines: "主机列表", explorer: "API Explorer", settings: "设置" },
  skip: "跳到正文",
  navigation: "主导航",
  fold: "收起导航",
  unfold: "展开导航",
  openMenu: "打开导航",
  search: "搜索或跳转 ...",
  running: (n, percent) => `${n} 个扫描 ${percent}%`,
  runningTitle: "进行中的扫描",
  newScan: "新建扫描",
  language: "语言",
  theme: "主题",
  themes: { auto: "跟随系统", light: "浅色", dark: "深色" },
  account: (user) => `当前用户：${user}`,
  mySettings: "密码与两步验证",
  shortcuts: "键盘快捷键",
  singleKeys: "单键快捷键",
  singleKeysHint: "关闭后仅响应带 Ctrl 或 Cmd 的快捷键。",
  signOut: "退出登录",
  stale: "实时更新已中断，当前内容可能不是最新，正在重新连接。",
  nothingHere: "页面不存在。",
  toOverview: "返回概览",
  palette: "跳转",
  nothingFound: "没有找到。",
  kinds: { page: "页面", scan: "扫描", machine: "主机", task: "任务", action: "API 接口" },
  startScan: (module) => `发起扫描：${module}`,
  keys: {
    palette: "搜索与跳转", help: "快捷键列表", go: "前往", newScan: "新建扫描", filter: "在列表中搜索", rows: "下一行与上一行",
    open: "打开所在行", close: "关闭", select: "选择所在行", menu: "所在行的菜单",
  },
};

export const texts = { en, zh };

/** Names of the modules, as every screen writes them. */
export const moduleTexts = {
  en: { Vul: "Vulnerabilities", Malware: "Malware", Baseline: "Baseline" },
  zh: { Vul: "漏洞", Malware: "恶意文件", Baseline: "基线" },
};
