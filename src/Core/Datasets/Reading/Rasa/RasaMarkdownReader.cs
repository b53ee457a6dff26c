using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Lines;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Rasa;

/// <summary>Rasa's training data of versions 1 and 2 in Markdown: <c>## intent:name</c>, below it one example a line.</summary>
internal sealed class RasaMarkdownReader(string fileName, Stream source, FindingLog log, ValidationSettings limits) : IDatasetReader
{
    private readonly LineReader _lines = new(source, limits.MaxRecordBytes);
    private readonly RasaMarkup _markup = new();
    private readonly List<string> _notRead = [];
    private string? _intent;

    public string Format => "Rasa Markdown";

    /// <summary>Whether the beginning of a Markdown file is that of training data.</summary>
    public static bool IsOne(ReadOnlySpan<byte> head)
    {
        foreach (var line in head.Split((byte)'\n'))
        {
            if (SectionOf(Encoding.UTF8.GetString(head[line].Trim(" \t\r"u8))) is not null)
            {
                return true;
            }
        }

        return false;
    }

    public bool Read(Record record)
    {
        while (true)
        {
            _lines.StartRecord();
            var more = _lines.Read(out var range);
            record.Start(_lines.RecordLine);
            if (_lines.IsTooLarge)
            {
                log.LeaveOut(FindingCode.RecordTooLarge, record, $"A line of more than {limits.MaxRecordBytes} bytes.");
                continue;
            }

            if (!more)
            {
                new UnreadAnnotations(log).NoteAll(fileName, _markup.HasMore ? _notRead.Append("values, roles and groups of entities") : _notRead);
                return false;
            }

            record.Source = _lines.Record[range];
            var line = Encoding.UTF8.GetString(record.Source.Span).Trim();
            if (SectionOf(line) is { } section)
            {
                _intent = section.Kind == "intent" ? section.Name : null;
                if (_intent is null)
                {
                    _notRead.Add($"{section.Kind} {section.Name}");
                }
            }
            else if (_intent is not null && line is ['-' or '*' or '+', ' ', .. var example] && example.Trim().Length > 0)
            {
                if (_markup.Read(example, _intent, record) is not { } problem)
                {
                    return true;
                }

                log.LeaveOut(FindingCode.MalformedRecord, record, $"{problem}");
            }
            else if (_intent is not null && line.Length > 0 && !line.StartsWith("<!--", StringComparison.Ordinal))
            {
                log.LeaveOut(FindingCode.MalformedRecord, record, $"An example of Rasa begins with '- '.");
            }
        }
    }

    public void Dispose() => _lines.Dispose();

    private static (string Kind, string Name)? SectionOf(string line) =>
        line.StartsWith('#') && line.TrimStart('#').Trim().Split(':', 2) is [("intent" or "synonym" or "regex" or "lookup") and var kind, var name]
            ? (kind, name.Trim())
            : null;
}
