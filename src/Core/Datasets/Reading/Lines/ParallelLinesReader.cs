using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Lines;

/// <summary>Three files side by side, a sentence a line in each: <c>seq.in</c> has the words, <c>seq.out</c> their tags, <c>label</c> the intent.</summary>
internal sealed class ParallelLinesReader : IDatasetReader
{
    public const string Words = "seq.in";
    private const string Tags = "seq.out";
    private const string Labels = "label";

    private readonly FindingLog _log;
    private readonly LineReader _words;
    private readonly LineReader? _tags;
    private readonly LineReader? _labels;
    private readonly List<Stream> _streams = [];

    public ParallelLinesReader(string fileName, Stream words, FindingLog log, ValidationSettings limits, DatasetFolder folder)
    {
        _log = log;
        _words = new(words, limits.MaxRecordBytes);
        var parts = PartsOf(fileName, folder).ToDictionary(file => file.Name[(file.Name.LastIndexOf('/') + 1)..]);
        _tags = Open(parts.GetValueOrDefault(Tags));
        _labels = Open(parts.GetValueOrDefault(Labels));

        LineReader? Open(DatasetFile? file)
        {
            if (file is null)
            {
                return null;
            }

            _streams.Add(folder.OpenText(file));
            return new(_streams[^1], limits.MaxRecordBytes);
        }
    }

    public string Format => "seq.in, seq.out, label";

    /// <summary>The files beside the words.</summary>
    public static IEnumerable<DatasetFile> PartsOf(string fileName, DatasetFolder folder) =>
        ((string[])[Tags, Labels]).Select(name => folder.Named(fileName[..^Words.Length] + name)).OfType<DatasetFile>();

    public bool Read(Record record)
    {
        while (true)
        {
            foreach (var lines in (LineReader?[])[_words, _tags, _labels])
            {
                lines?.StartRecord();
            }

            var more = _words.Read(out var words);
            record.Start(_words.RecordLine);
            var (hasTags, hasLabel) = (Read(_tags, out var tags), Read(_labels, out var label));
            if (!more || (_tags is not null && !hasTags) || (_labels is not null && !hasLabel))
            {
                if (more || hasTags || hasLabel)
                {
                    _log.LeaveRest(FindingCode.MalformedRecord, record.File, record.Line, $"{Words}, {Tags} and {Labels} have not as many lines: nothing more of them is read.");
                }

                return false;
            }

            if (_words.IsTooLarge || _tags?.IsTooLarge == true || _labels?.IsTooLarge == true)
            {
                _log.LeaveOut(FindingCode.RecordTooLarge, record, $"A line of more bytes than a record may have.");
                continue;
            }

            record.Source = _words.Record[words];
            (record.HasTokens, record.HasTags) = (true, _tags is not null);
            AddWords(record.Source.Span, word => record.Tokens.Add(word));
            AddWords(tags, tag => record.Tags.Add(tag, 0));
            if (_labels is not null)
            {
                record.Labels.Add(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(label).Trim()));
            }

            if (record.Tokens.Count > 0)
            {
                return true;
            }

            _log.LeaveOut(FindingCode.EmptyField, record, $"The line is blank.");
        }
    }

    public void Dispose()
    {
        foreach (var lines in (LineReader?[])[_words, _tags, _labels])
        {
            lines?.Dispose();
        }

        _streams.ForEach(stream => stream.Dispose());
    }

    private static bool Read(LineReader? lines, out ReadOnlySpan<byte> line)
    {
        line = [];
        if (lines is null || !lines.Read(out var range))
        {
            return false;
        }

        line = lines.IsTooLarge ? [] : lines.At(range);
        return true;
    }

    private static void AddWords(ReadOnlySpan<byte> line, Action<byte[]> add)
    {
        foreach (var word in line.SplitAny(" \t"u8))
        {
            if (line[word].Length > 0)
            {
                add(line[word].ToArray());
            }
        }
    }
}
