/** How a state of a task, machine, finding or key is shown: tone, icon, word in both languages. */
import type { IconName } from "./icons";
import type { Tone } from "./props";

export interface Look { tone: Tone; icon: IconName; en: string; zh: string }
const look = (tone: Tone, icon: IconName, en: string, zh: string): Look => ({ tone, icon, en, zh });

/** Keys are lower case without spaces, "_" and "-". */
export const LOOKS: Record<string, Look> = {
  waiting: look("neutral", "clock", "Waiting", "等待中"),
  queued: look("neutral", "clock", "Queued", "排队中"),
  pending: look("neutral", "clock", "Pending", "待处理"),
  scanning: look("accent", "play", "Scanning", "扫描中"),
  running: look("accent", "play", "Running", "运行中"),
  finishing: look("accent", "play", "Finishing", "收尾中"),
  stopping: look("warn", "pause", "Stopping", "停止中"),
  stopped: look("neutral", "stop", "Stopped", "已停止"),
  paused: look("neutral", "pause", "Paused", "已暂停"),
  done: look("ok", "checkCircle", "Done", "已完成"),
  success: look("ok", "checkCircle", "Success", "成功"),
  donewithfailures: look("warn", "alert", "Done with failures", "完成但有失败"),
  partial: look("warn", "alert", "Partial", "部分完成"),
  ok: look("ok", "checkCircle", "OK", "正常"),
  okwithrisks: look("warn", "alert", "OK with risks", "完成，有风险"),
  offline: look("neutral", "xCircle", "Offline", "离线"),
  online: look("ok", "checkCircle", "Online", "在线"),
  timeout: look("bad", "clock", "Timed out", "超时"),
  failed: look("bad", "xCircle", "Failed", "失败"),
  fail: look("bad", "xCircle", "Failed", "失败"),
  error: look("bad", "xCircle", "Error", "错误"),
  tooold: look("warn", "arrowUp", "Agent too old", "客户端版本过低"),
  neverscanned: look("neutral", "minus", "Never scanned", "从未扫描"),
  pass: look("ok", "checkCircle", "Pass", "通过"),
  notapplicable: look("neutral", "minus", "Not applicable", "不适用"),
  open: look("bad", "alert", "Open", "待处理"),
  new: look("info", "plus", "New", "新增"),
  fixed: look("ok", "check", "Fixed", "已修复"),
  notfixed: look("bad", "alert", "Not fixed", "未修复"),
  handled: look("ok", "check", "Handled", "已处理"),
  nothandled: look("bad", "alert", "Not handled", "未处理"),
  ignored: look("neutral", "eye", "Ignored", "已忽略"),
  trusted: look("neutral", "shieldCheck", "Trusted", "已信任"),
  quarantined: look("info", "lock", "Quarantined", "已隔离"),
  deleted: look("neutral", "trash", "Deleted", "已删除"),
  enabled: look("ok", "checkCircle", "Enabled", "已启用"),
  disabled: look("neutral", "minus", "Disabled", "已停用"),
  active: look("ok", "checkCircle", "Active", "生效中"),
  revoked: look("neutral", "xCircle", "Revoked", "已吊销"),
  expired: look("warn", "clock", "Expired", "已过期"),
  fresh: look("ok", "checkCircle", "Up to date", "最新"),
  stale: look("warn", "clock", "Stale", "已陈旧"),
  never: look("neutral", "minus", "Never", "从未"),
};

export const lookOf = (state: string): Look | undefined => LOOKS[state.toLowerCase().replace(/[\s_-]/g, "")];
