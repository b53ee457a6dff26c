import { useEffect, useState } from 'preact/hooks';

let announceTo = () => {};

/** Tells what changed to people who use a screen reader, and shows it to all for a while. */
export const announce = (text) => announceTo(text);

export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    announceTo = setText;
  }, []);
  useEffect(() => {
    const timer = text && setTimeout(() => setText(''), 6000);
    return () => clearTimeout(timer);
  }, [text]);
  return <div class={`toast ${text ? 'shown' : ''}`} role="status" aria-live="polite">{text}</div>;
}
