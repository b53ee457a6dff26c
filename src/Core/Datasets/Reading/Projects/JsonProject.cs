using System.Runtime.InteropServices;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Projects;

/// <summary>A file that is one JSON document, such as an exported project: read whole, its examples one after the other.</summary>
internal abstract class JsonProject : IDatasetReader
{
    private readonly ReadOnlyMemory<byte> _content;
    private readonly JsonDocument _document;
    private IEnumerator<JsonElement>? _examples;
    private int _position; // of the example at hand
    private long _line = 1;

    protected JsonProject(string fileName, Stream source, FindingLog log, ValidationSettings limits)
    {
        (FileName, Log, Limits, _content) = (fileName, log, limits, DatasetFolder.ReadAll(source, limits.MaxProjectBytes));
        try
        {
            _document = JsonDocument.Parse(_content, new() { AllowDuplicateProperties = true });
        }
        catch (JsonException e)
        {
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The file is not valid JSON: {JsonReason.Of(e)}", (e.LineNumber ?? 0) + 1);
        }
    }

    /// <summary>The format's name in the report.</summary>
    public abstract string Format { get; }

    protected string FileName { get; }

    protected FindingLog Log { get; }

    protected ValidationSettings Limits { get; }

    protected JsonElement Root => _document.RootElement;

    /// <summary>What the file holds beside its examples that looks like annotation, each as words; it is named in one finding.</summary>
    protected abstract IEnumerable<string> NotCarriedOver();

    /// <summary>The examples, in the order of the file.</summary>
    protected abstract IEnumerable<JsonElement> Examples();

    /// <summary>Fills the record from an example, or leaves it out.</summary>
    protected abstract void Fill(Record record, JsonElement example);

    public bool Read(Record record)
    {
        _examples ??= Begin();
        while (Next())
        {
            var example = _examples.Current;
            Start(record, example);
            try
            {
                Fill(record, example);
            }
            catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
            {
                Log.LeaveOut(FindingCode.MalformedRecord, record, $"The example is not as {Format} has it: {JsonShape.Reason(e)}");
            }

            if (!Log.IsLeftOut(record))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _document.Dispose();

    /// <summary>Adds the finding that names <see cref="NotCarriedOver"/>.</summary>
    private IEnumerator<JsonElement> Begin()
    {
        try
        {
            new UnreadAnnotations(Log).NoteAll(FileName, NotCarriedOver());
            return Examples().GetEnumerator();
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw NotAsItShouldBe(e);
        }
    }

    private bool Next()
    {
        try
        {
            return _examples!.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw NotAsItShouldBe(e);
        }
    }

    private UnreadableFileException NotAsItShouldBe(Exception e) =>
        new(FindingCode.MalformedRecord, $"The file is not as {Format} has it: {JsonShape.Reason(e)}");

    private void Start(Record record, JsonElement example)
    {
        var raw = JsonMarshal.GetRawUtf8Value(example);
        _content.Span.Overlaps(raw, out var start);
        if (start < _position)
        {
            (_position, _line) = (0, 1);
        }

        _line += _content.Span[_position..start].Count((byte)'\n');
        _position = start;
        record.Start(_line, _content.Slice(start, raw.Length));
    }
}
