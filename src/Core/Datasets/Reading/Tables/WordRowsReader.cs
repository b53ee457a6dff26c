using CsvHelper;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>A row for each word, <c>Sentence #,Word,POS,Tag</c>: a sentence begins where its cell is another one, and not blank.</summary>
internal sealed class WordRowsReader : IDatasetReader
{
    private readonly FindingLog _log;
    private readonly ValidationSettings _limits;
    private readonly CsvReader _rows;
    private readonly Record _malformed; // the rows that the library skips
    private readonly (int Token, int Tag, int Sentence) _columns;
    private readonly MemoryStream _source = new(); // the rows of a sentence, each with its line end
    private string _sentence = "";
    private bool _hasRow; // one that was read ahead
    private bool _ended;

    public WordRowsReader(string fileName, PeekStream source, FindingLog log, ValidationSettings limits)
    {
        (_log, _limits, _malformed) = (log, limits, new Record(fileName));
        var header = TableHeader.Of(source.Head);
        _columns = header.Words!.Value;
        if (_columns.Sentence < 0)
        {
            throw new UnreadableFileException(FindingCode.FormatNotRead,
                "The table has a row for each word, and no column says where a sentence begins: add one named 'Sentence #', with a number for each sentence.", 1);
        }

        _rows = CsvReader.Create(source, new CsvReaderOptions
        {
            Separator = header.Separator,
            HasHeader = true,
            MaxRecordSize = limits.MaxRecordBytes,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = row =>
            {
                _malformed.Start(row.LineNumber, Encoding.UTF8.GetBytes(row.RawRecord));
                _log.LeaveOut(FindingCode.MalformedRecord, _malformed, $"The row is no row of the table: a word that is a quote or the separator must be quoted.");
            },
            TrackLineNumbers = true,
        });
    }

    public string Format => "CSV of words";

    public bool Read(Record record)
    {
        while (!_ended || _hasRow)
        {
            ReadSentence(record);
            if (record.Tokens.Count > 0 && !_log.IsLeftOut(record))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _source.Dispose();
    }

    private void ReadSentence(Record record)
    {
        _source.SetLength(0);
        var isFirst = true;
        while (_hasRow || Next(record))
        {
            var sentence = Encoding.UTF8.GetString(_rows.GetSpan(_columns.Sentence)).Trim();
            if (!isFirst && sentence.Length > 0 && sentence != _sentence)
            {
                _hasRow = true;
                break;
            }

            if (isFirst)
            {
                record.Start(_rows.LineNumber);
            }

            (_hasRow, isFirst) = (false, false);
            _sentence = sentence.Length > 0 ? sentence : _sentence;
            if (_source.Length > _limits.MaxRecordBytes)
            {
                if (!_log.IsLeftOut(record))
                {
                    _log.LeaveOut(FindingCode.RecordTooLarge, record, $"A sentence of more than {_limits.MaxRecordBytes} bytes: does its column tell sentences apart?");
                }

                continue;
            }

            record.Tokens.Add(_rows.GetSpan(_columns.Token));
            record.Tags.Add(_rows.GetSpan(_columns.Tag), (int)_source.Length);
            _source.Write(_rows.RawRecord.TrimEnd("\r\n"u8));
            _source.WriteByte((byte)'\n');
        }

        (record.HasTokens, record.HasTags, record.Source) = (true, true, _source.GetBuffer().AsMemory(0, (int)_source.Length));
    }

    private bool Next(Record record)
    {
        try
        {
            _ended = _ended || !_rows.Read();
        }
        catch (CsvFormatException e)
        {
            _ended = true;
            record.Start(e.LineNumber);
            _log.LeaveOut(FindingCode.RecordTooLarge, record,
                $"A row of more than {_limits.MaxRecordBytes} bytes: is a quote not closed? The rest of the file is not read.");
        }

        return !_ended;
    }
}
