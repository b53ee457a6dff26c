using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Standoff;

/// <summary>brat: the entities of a text, <c>T1⇥PER 0 3⇥Ann</c>, in a file <c>.ann</c> beside the text in a <c>.txt</c> of the same name. One text is one example.</summary>
internal sealed class BratReader(string fileName, Stream source, FindingLog log, ValidationSettings limits, DatasetFolder folder) : IDatasetReader
{
    private readonly byte[] _content = DatasetFolder.ReadAll(source, limits.MaxProjectBytes);
    private bool _isRead;

    public string Format => "brat";

    /// <summary>The text that a file annotates.</summary>
    public static IEnumerable<DatasetFile> PartsOf(string fileName, DatasetFolder folder) =>
        new[] { folder.Named(TextOf(fileName)) ?? folder.Named(TextOf(fileName) + ".gz") }.OfType<DatasetFile>();

    public bool Read(Record record)
    {
        if (_isRead)
        {
            return false;
        }

        _isRead = true;
        record.Start(1, _content);
        if (PartsOf(fileName, folder).FirstOrDefault() is not { } text)
        {
            log.LeaveOut(FindingCode.MissingDocument, record, $"This is an annotation of brat: it needs {Path.GetFileName(TextOf(fileName))} beside it.");
            return false;
        }

        record.Text.Add(folder.ReadText(text, limits.MaxRecordBytes));
        (record.HasSpans, record.SpanUnit) = (true, StringIndexType.UnicodeCodePoint);
        var notRead = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var range in _content.AsSpan().Split((byte)'\n'))
        {
            ReadLine(record, Encoding.UTF8.GetString(_content.AsSpan()[range].TrimEnd((byte)'\r')), range.Start.GetOffset(_content.Length), notRead);
        }

        new UnreadAnnotations(log).NoteAll(fileName, notRead);
        return !log.IsLeftOut(record);
    }

    public void Dispose()
    {
    }

    private void ReadLine(Record record, string line, int offset, SortedSet<string> notRead)
    {
        if (KindOf(line) is { } kind)
        {
            notRead.Add(kind);
            return;
        }

        if (!line.StartsWith('T'))
        {
            return;
        }

        if (line.Split('\t') is [_, var place, var surface, ..] && place.Split(' ') is [var label, var start, .. var rest, var end])
        {
            if (rest.Length > 0)
            {
                notRead.Add("entities of several pieces");
                return;
            }

            if (long.TryParse(start, CultureInfo.InvariantCulture, out var first) && long.TryParse(end, CultureInfo.InvariantCulture, out var last))
            {
                record.AddSpan(label, first, last, surface, offset);
                return;
            }
        }

        log.LeaveOut(FindingCode.MalformedRecord, record, offset, $"The entity is not as brat writes it: T1, a tab, the label, start and end between spaces, a tab, and its text.");
    }

    /// <summary>What a line that is no entity annotates.</summary>
    private static string? KindOf(string line) => line switch
    {
        ['R' or '*', ..] => "relations",
        ['E', ..] => "events",
        ['A' or 'M', ..] => "attributes",
        ['N', ..] => "normalisations",
        ['#', ..] => "notes",
        _ => null,
    };

    private static string TextOf(string fileName) =>
        (fileName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? fileName[..^".ann.gz".Length] : fileName[..^".ann".Length]) + ".txt";
}
