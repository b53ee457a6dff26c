import { remove } from '../../api.js';
import { t } from '../../words/index.js';
import { announce } from '../notes/Announcer.jsx';
import { ConfirmButton } from './Confirm.jsx';

/** A button that deletes what is at an address, under its name; the API says first what goes with it. */
export function DeleteButton({ path, name, onDeleted }) {
  const ask = async () => {
    try {
      await remove(path);
    } catch (problem) {
      if (problem.code !== 'not-confirmed') {
        throw problem;
      }

      return <><p>{t('delete.takes')}</p><ul>{problem.takes.map((taken) => <li>{taken}</li>)}</ul></>;
    }

    return null;
  };
  const confirm = async () => {
    await remove(`${path}?confirm=${encodeURIComponent(name)}`);
    announce(t('delete.done', { name }));
    onDeleted();
  };
  return <ConfirmButton label={t('delete')} title={t('delete.title', { name })} text={ask} action={confirm} />;
}
