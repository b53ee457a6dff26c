using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Rasa;

/// <summary>Rasa's training data in YAML: below <c>nlu</c> a list of intents, each with its examples, one a line or one an element.</summary>
internal sealed class RasaYamlReader : IDatasetReader
{
    private static readonly string[] OtherKinds = ["synonym", "regex", "lookup"];
    private static readonly string[] OtherData = ["responses", "rules", "stories"];

    private readonly FindingLog _log;
    private readonly RasaMarkup _markup = new();
    private readonly string _fileName;
    private readonly YamlNode _root;
    private readonly IEnumerator<(string Intent, string Example, long Line)> _examples;

    public RasaYamlReader(string fileName, Stream source, FindingLog log, ValidationSettings limits)
    {
        (_fileName, _log, _root) = (fileName, log, YamlNode.Parse(DatasetFolder.ReadAll(source, limits.MaxProjectBytes)));
        if (_root.Field("nlu") is null)
        {
            throw new UnreadableFileException(FindingCode.UnknownFormat, "Of YAML, Rasa's training data are read, and the file has no 'nlu'.");
        }

        _examples = Examples().GetEnumerator();
    }

    public string Format => "Rasa YAML";

    public bool Read(Record record)
    {
        while (_examples.MoveNext())
        {
            var (intent, example, line) = _examples.Current;
            record.Start(line, Encoding.UTF8.GetBytes(example));
            if (_markup.Read(example, intent, record) is not { } problem)
            {
                return true;
            }

            _log.LeaveOut(FindingCode.MalformedRecord, record, $"{problem}");
        }

        new UnreadAnnotations(_log).NoteAll(_fileName, NotCarriedOver());
        return false;
    }

    public void Dispose()
    {
    }

    private IEnumerable<string> NotCarriedOver() =>
    [
        .. from section in _root.Field("nlu")!.Items
           from kind in OtherKinds
           where section.Field(kind) is not null
           select $"{kind} {section.Field(kind)!.Scalar}",
        .. OtherData.Where(key => _root.Field(key) is not null),
        .. _markup.HasMore ? (string[])["values, roles and groups of entities"] : [],
    ];

    private IEnumerable<(string Intent, string Example, long Line)> Examples() =>
        from section in _root.Field("nlu")!.Items
        let intent = section.Field("intent")?.Scalar
        where intent is not null && section.Field("examples") is not null
        from example in ExamplesOf(section.Field("examples")!)
        select (intent, example.Text, example.Line);

    /// <summary>A block of lines that begin with "- ", or a list of texts, or of maps with a text.</summary>
    private IEnumerable<(string Text, long Line)> ExamplesOf(YamlNode examples)
    {
        foreach (var item in examples.Items)
        {
            if ((item.Scalar ?? item.Field("text")?.Scalar)?.Trim() is { Length: > 0 } text)
            {
                yield return (text.StartsWith("- ", StringComparison.Ordinal) ? text[2..] : text, (item.Field("text") ?? item).Line);
            }
        }

        foreach (var (i, line) in (examples.Scalar ?? "").Split('\n').Index())
        {
            if (line.Trim() is ['-', .. var text] && text.Trim().Length > 0)
            {
                yield return (text.Trim(), examples.Line + i);
            }
            else if (line.Trim() is { Length: > 0 } other && other != "-")
            {
                _log.LeaveRest(FindingCode.MalformedRecord, _fileName, examples.Line + i, $"An example of Rasa begins with '- ', and is left out.");
            }
        }
    }
}
