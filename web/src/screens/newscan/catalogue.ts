/** Policies and rules of the built-in baseline: their permanent numbers, and names in both languages. */
export interface BaselineRule {
  id: number;
  en: string;
  zh: string;
}

export interface BaselinePolicy extends BaselineRule {
  rules: BaselineRule[];
}

// A test compares numbers and English names with the server's own catalogue.
export const POLICIES: readonly BaselinePolicy[] = [
  {
    id: 1, en: "Linux system", zh: "Linux 系统",
    rules: [
      { id: 101, en: "File permissions", zh: "文件权限" },
      { id: 102, en: "Kernel settings", zh: "内核参数" },
      { id: 103, en: "File system sweep", zh: "文件系统排查" },
      { id: 104, en: "Services and mounts", zh: "服务与挂载" },
      { id: 105, en: "Logging and audit", zh: "日志与审计" },
      { id: 106, en: "Kernel modules and memory images", zh: "内核模块与内存转储" },
      { id: 107, en: "Banners and software sources", zh: "登录提示与软件源" },
    ],
  },
  {
    id: 2, en: "SSH server", zh: "SSH 服务",
    rules: [
      { id: 201, en: "Log-in over SSH", zh: "SSH 登录" },
      { id: 202, en: "SSH keys and algorithms", zh: "SSH 密钥与算法" },
      { id: 203, en: "SSH sessions", zh: "SSH 会话" },
    ],
  },
  {
    id: 3, en: "Accounts", zh: "账号",
    rules: [
      { id: 301, en: "Account database", zh: "账号数据库" },
      { id: 302, en: "Passwords", zh: "口令" },
      { id: 303, en: "Shells", zh: "登录 Shell" },
      { id: 304, en: "Log-in rules (PAM)", zh: "登录规则（PAM）" },
      { id: 305, en: "sudo", zh: "sudo" },
      { id: 306, en: "Home folders", zh: "用户主目录" },
    ],
  },
];

export const RULES = POLICIES.flatMap((policy) => policy.rules);
