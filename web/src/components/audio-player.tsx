import { Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { formatTalk } from '#app/lib/format.ts';

export interface AudioPlayerProps {
  src: string;
  /** What is heard, for screen readers: "Message from 1002". */
  name: string;
  /** Length as the server knows it: nothing is fetched before somebody presses play. */
  seconds: number;
  /** It was listened to: to its end, or until it was stopped. */
  onHeard?: (() => void) | undefined;
  className?: string;
}

/** One player at a time speaks. */
let speaking: HTMLAudioElement | null = null;

/** Play and pause, and a slider to jump by mouse, finger or arrow keys. Never starts by itself. */
export function AudioPlayer({ src, name, seconds, onHeard, className }: AudioPlayerProps) {
  const t = useT();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const [at, setAt] = useState(0);

  useEffect(() => {
    const element = audio.current;
    return () => {
      if (speaking === element) speaking = null;
    };
  }, []);

  const toggle = async () => {
    const element = audio.current;
    if (!element) return;
    if (!element.paused) {
      element.pause();
      return;
    }
    if (speaking && speaking !== element) speaking.pause();
    speaking = element;
    setFailed(false);
    try {
      await element.play();
    } catch {
      setFailed(element.error !== null);
    }
  };

  const jump = (to: number) => {
    setAt(to);
    if (audio.current) audio.current.currentTime = to;
  };

  return (
    <fieldset aria-label={name} className={cn('flex min-w-0 flex-wrap items-center gap-2.5', className)}>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said */}
      <audio
        ref={audio}
        src={src}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => {
          setPlaying(false);
          onHeard?.();
        }}
        onEnded={() => jump(0)}
        onError={() => setFailed(true)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
      />
      <Button
        size="icon"
        icon={playing ? Pause : Play}
        aria-label={t(playing ? 'audio.pause' : 'audio.play', { name })}
        onClick={() => void toggle()}
      />
      <input
        type="range"
        min={0}
        max={Math.max(seconds, 0.1)}
        step={0.1}
        value={Math.min(at, seconds)}
        aria-label={t('audio.position')}
        aria-valuetext={t('audio.of', { at: formatTalk(at), length: formatTalk(seconds) })}
        onChange={(event) => jump(Number(event.target.value))}
        className="h-6 min-w-20 flex-1 cursor-pointer accent-primary"
      />
      <span className="tnum text-xs text-muted" aria-hidden>
        {formatTalk(at)} / {formatTalk(seconds)}
      </span>
      {failed && (
        <span role="alert" className="w-full text-xs text-bad">
          {t('audio.failed')}
        </span>
      )}
    </fieldset>
  );
}
