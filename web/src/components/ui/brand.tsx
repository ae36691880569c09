import { cn } from '#app/lib/cn.ts';

/** One beat of the North American dial tone: 350 Hz and 440 Hz together. */
function dialTone(width: number, height: number): string {
  const points: string[] = [];
  for (let x = 0; x <= width; x += 1) {
    const at = (x / width) * 0.0222;
    const level = (Math.sin(2 * Math.PI * 350 * at) + Math.sin(2 * Math.PI * 440 * at)) / 2;
    points.push(`${x},${(height / 2 - level * (height / 2 - 2)).toFixed(1)}`);
  }
  return points.join(' ');
}

const wavePoints = dialTone(200, 40);

export const Wave = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 200 40" fill="none" className={className} aria-hidden="true" preserveAspectRatio="none">
    <polyline points={wavePoints} stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
  </svg>
);

const holes = Array.from({ length: 8 }, (_, index) => {
  const angle = (-90 + index * 38) * (Math.PI / 180);
  return [16 + 7.2 * Math.cos(angle), 16 + 7.2 * Math.sin(angle)] as const;
});

export const Dial = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
    <circle cx="16" cy="16" r="12" fill="none" stroke="currentColor" strokeWidth="1.8" />
    {holes.map(([x, y]) => (
      <circle key={`${x}`} cx={x} cy={y} r="1.8" className="fill-brass-bright" />
    ))}
    <circle cx="16" cy="16" r="3" fill="currentColor" />
  </svg>
);

export const Wordmark = ({ className }: { className?: string }) => (
  <span className={cn('inline-flex items-center gap-2.5 font-display text-lg whitespace-nowrap font-semibold tracking-tight', className)}>
    <Dial className="size-7" />
    Dialtone
  </span>
);
