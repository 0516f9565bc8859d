import { count as inWords } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { cx } from "./classes";
import type { ProgressProps, RingProps, Segment, SparklineProps, StackedBarProps } from "./props";
import "./chart.css";

const clamp = (percent: number) => Math.max(0, Math.min(100, percent));
const meter = (percent: number, label: string) =>
  ({ role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.floor(clamp(percent)) }) as const;

/** Percent as a ring with the number in it. size: pixels. value: what stands in it where it is no percentage. */
export function Ring({ percent, value, label, size = 64, tone = "accent", className }: RingProps) {
  const width = size < 40 ? 3 : size / 12;
  const radius = (size - width) / 2;
  const around = 2 * Math.PI * radius;
  const shared = { cx: size / 2, cy: size / 2, r: radius, fill: "none", strokeWidth: width };
  return (
    <div className={cx("hw-ring", className)} data-tone={tone} style={{ inlineSize: size, blockSize: size }} {...meter(percent, label)}>
      <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} aria-hidden>
        <circle {...shared} className="hw-ring-ground" />
        <circle {...shared} className="hw-ring-part" strokeDasharray={`${(around * clamp(percent)) / 100} ${around}`} />
      </svg>
      {size >= 48 && <span aria-hidden style={{ fontSize: size / 4 }}>{value ?? `${Math.floor(clamp(percent))}%`}</span>}
    </div>
  );
}

export function Progress({ percent, label, tone = "accent", showValue, className }: ProgressProps) {
  return (
    <div className={cx("hw-progress", className)} data-tone={tone}>
      <div className="hw-progress-track" {...meter(percent, label)}><div style={{ inlineSize: `${clamp(percent)}%` }} /></div>
      {showValue && <span aria-hidden>{Math.floor(clamp(percent))}%</span>}
    </div>
  );
}

function Entry({ segment }: { segment: Segment }) {
  const [language] = useLanguage();
  const inside = <><span className="hw-stacked-dot" aria-hidden /><span>{segment.label}</span><b>{inWords(segment.count, language)}</b></>;
  return (
    <li data-tone={segment.tone} data-none={segment.count === 0}>
      {segment.to === undefined ? <span>{inside}</span> : <Link to={segment.to}>{inside}</Link>}
    </li>
  );
}

/** Parts of a whole; under it each part's name and number, as links where there is somewhere to go. */
export function StackedBar({ label, segments, legend = true, className }: StackedBarProps) {
  const [language] = useLanguage();
  const words = segments.map((s) => `${s.label} ${inWords(s.count, language)}`).join(", ");
  return (
    <div className={cx("hw-stacked", className)}>
      <div className="hw-stacked-bar" role="img" aria-label={`${label}: ${words}`}>
        {segments.filter((s) => s.count > 0).map((s) => <span key={s.id} data-tone={s.tone} title={`${s.label} ${inWords(s.count, language)}`} style={{ flexGrow: s.count }} />)}
      </div>
      {legend && <ul className="hw-stacked-legend">{segments.map((s) => <Entry key={s.id} segment={s} />)}</ul>}
    </div>
  );
}

/** A small line of values, oldest first, over a soft area; zero is the lower edge. */
export function Sparkline({ values, label, tone = "accent", width = 96, height = 24, className }: SparklineProps) {
  const top = Math.max(...values, 1);
  const step = values.length > 1 ? (width - 4) / (values.length - 1) : 0;
  const points = values.map((v, i) => `${(2 + i * step).toFixed(1)},${(height - 2 - (Math.max(0, v) / top) * (height - 4)).toFixed(1)}`);
  const last = points.at(-1)?.split(",");
  return (
    <svg className={cx("hw-spark", className)} data-tone={tone} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {points.length > 1 && <polygon points={`2,${height - 1} ${points.join(" ")} ${width - 2},${height - 1}`} className="hw-spark-area" />}
      <polyline points={points.join(" ")} fill="none" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" />
      {last && <circle cx={last[0]} cy={last[1]} r="2" />}
    </svg>
  );
}
