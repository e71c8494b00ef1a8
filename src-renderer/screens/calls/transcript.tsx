import { useLayoutEffect, useRef } from 'react';
import type { TranscriptLine } from '../../../src-preload/contract/calls.ts';
import { formatClock } from '../../components/times.ts';
import styles from './transcript.module.css';
import { speakerWords } from './words.ts';

/** The conversation as it is spoken; `speaking` are the AI's words of this moment. */
export function Transcript({
  lines,
  speaking,
  open,
}: {
  lines: readonly TranscriptLine[];
  speaking: string;
  open: boolean;
}) {
  const list = useFollowEnd(`${lines.length} ${speaking.length}`);
  if (lines.length === 0 && speaking === '') {
    return (
      <p className={styles.empty} data-testid="transcript">
        {open ? 'Nobody has said anything yet.' : 'Nothing was said on this call.'}
      </p>
    );
  }
  return (
    <div
      ref={list}
      className={styles.lines}
      role="log"
      aria-label="Transcript"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable with the keyboard
      tabIndex={0}
      data-testid="transcript"
    >
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended
        <Line key={index} line={line} />
      ))}
      {speaking !== '' && (
        <div className={styles.line} data-who="ai" data-testid="speaking" aria-hidden="true">
          <p className={styles.meta}>{speakerWords.ai}</p>
          <p className={styles.words}>
            {speaking}
            <span className={styles.caret} />
          </p>
        </div>
      )}
    </div>
  );
}

export function Line({ line }: { line: TranscriptLine }) {
  return (
    <div className={styles.line} data-who={line.who}>
      <p className={styles.meta}>
        {speakerWords[line.who]} · <time>{formatClock(line.at)}</time>
      </p>
      <p className={styles.words}>
        {line.text}
        {line.interrupted === true && <span className={styles.cut}>interrupted</span>}
      </p>
    </div>
  );
}

/** Keeps the end in sight while something is added, unless the operator has scrolled up to read. */
function useFollowEnd(content: string) {
  const ref = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `content` says when something was added
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const wasAtEnd = element.scrollTop + element.clientHeight >= height.current - 48;
    if (wasAtEnd) element.scrollTop = element.scrollHeight;
    height.current = element.scrollHeight;
  }, [content]);
  return ref;
}
