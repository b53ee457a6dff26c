/**
 * A table that becomes a list of cards on a narrow screen. `columns` are { title, cell, isNumber?, isMain? }; the cell of the
 * main column heads the card. The roles keep it a table for screen readers however it is laid out.
 */
export function List({ caption, columns, rows, rowKey }) {
  return (
    <table class="list" role="table">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr role="row">{columns.map(({ title, isNumber }) => <th scope="col" class={isNumber ? 'number' : undefined}>{title}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map(({ title, cell, isNumber, isMain }) => {
              const content = cell(row);
              const Cell = isMain ? 'th' : 'td';
              const isEmpty = content === null || content === undefined || content === false;
              return (
                <Cell role={isMain ? 'rowheader' : 'cell'} scope={isMain ? 'row' : undefined} class={isNumber ? 'number' : undefined} data-title={title} data-empty={isEmpty || undefined}>
                  {content}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
