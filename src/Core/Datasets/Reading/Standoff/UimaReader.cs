using System.Xml;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Reading.Standoff;

/// <summary>
/// UIMA's common analysis structure as INCEpTION and WebAnno export it, XMI or JSON: the entities are the values of the layer
/// NamedEntity, or of the one layer of their own. A sentence is one example; without sentences, a whole text is.
/// </summary>
internal sealed class UimaReader : IDatasetReader
{
    private readonly string _fileName;
    private readonly FindingLog _log;
    private readonly ValidationSettings _limits;
    private readonly List<Annotation> _annotations = [];
    private readonly Dictionary<string, (string Text, long Line)> _texts = []; // by the id of their sofa
    private IEnumerator<(string Sofa, int Start, int End)>? _sentences;
    private Dictionary<string, Queue<Annotation>> _entities = []; // by sofa, by start: those that no sentence before began behind

    public UimaReader(string fileName, Stream source, FindingLog log, ValidationSettings limits)
    {
        (_fileName, _log, _limits) = (fileName, log, limits);
        var content = DatasetFolder.ReadAll(source, limits.MaxProjectBytes);
        try
        {
            if (content.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
            {
                Format = "UIMA CAS JSON";
                ReadJson(content);
            }
            else
            {
                Format = "UIMA CAS XMI";
                ReadXmi(content);
            }
        }
        catch (XmlException e)
        {
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The file is not valid XML, or has a document type definition: {e.Message}", e.LineNumber);
        }
        catch (JsonException e)
        {
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The file is not valid JSON: {JsonReason.Of(e)}", (e.LineNumber ?? 0) + 1);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The file is not as UIMA has it: {JsonShape.Reason(e)}");
        }
    }

    /// <summary>The definition of types that an export in XMI has beside it: what is read shows in the file itself.</summary>
    public const string TypeSystem = "TypeSystem.xml";

    public string Format { get; }

    public bool Read(Record record)
    {
        _sentences ??= Begin().GetEnumerator();
        while (_sentences.MoveNext())
        {
            var (sofa, start, end) = _sentences.Current;
            var (text, line) = _texts[sofa];
            record.Start(line, Encoding.UTF8.GetBytes(text[start..end]));
            if (record.Source.Length > _limits.MaxRecordBytes)
            {
                _log.LeaveOut(FindingCode.RecordTooLarge, record, $"A sentence of more than {_limits.MaxRecordBytes} bytes.");
                continue;
            }

            record.Text.Add(record.Source.Span);
            (record.HasSpans, record.SpanUnit, record.SpanEnd) = (true, StringIndexType.Utf16CodeUnit, SpanEnd.Exclusive);
            var entities = _entities.GetValueOrDefault(sofa) ?? [];
            while (entities.TryPeek(out var passed) && passed.Start < start)
            {
                entities.Dequeue();
            }

            foreach (var entity in entities.TakeWhile(entity => entity.Start < end))
            {
                record.AddSpan(entity.Value ?? "", entity.Start - start, entity.End - start);
            }

            return true;
        }

        return false;
    }

    public void Dispose() => _sentences?.Dispose();

    /// <summary>Finds the layer of entities, and names the others.</summary>
    private IEnumerable<(string Sofa, int Start, int End)> Begin()
    {
        var layers = _annotations.Where(annotation => !annotation.IsOfTheText).GroupBy(annotation => annotation.Layer).ToList();
        var valued = layers.Where(layer => layer.Any(annotation => annotation.Value is not null)).ToList();
        var named = valued.Find(layer => layer.Key == "NamedEntity") ?? (valued.Count == 1 ? valued[0] : null);
        if (named is null && valued.Count > 0)
        {
            throw new UnreadableFileException(FindingCode.FormatNotRead,
                $"This is {Format}, and which of its layers are the entities is not clear: {string.Join(", ", valued.Select(layer => layer.Key))}. Export the layer NamedEntity, or one layer alone.");
        }

        new UnreadAnnotations(_log).NoteAll(_fileName, layers.Where(layer => layer.Key != named?.Key).Select(layer => layer.Key));
        _entities = (named ?? Enumerable.Empty<Annotation>()).GroupBy(entity => entity.Sofa).ToDictionary(text => text.Key, text => new Queue<Annotation>(text.OrderBy(entity => entity.Start)));
        return [.. _texts.SelectMany(text => Sentences(text.Key, text.Value.Text))];
    }

    private List<(string Sofa, int Start, int End)> Sentences(string sofa, string text)
    {
        var sentences = _annotations
            .Where(annotation => annotation.Layer == "Sentence" && annotation.Sofa == sofa && annotation.Start >= 0 && annotation.Start < annotation.End && annotation.End <= text.Length)
            .OrderBy(sentence => sentence.Start).Select(sentence => (Sofa: sofa, sentence.Start, sentence.End)).ToList();
        return sentences.Count > 0 ? sentences : [(sofa, 0, text.Length)];
    }

    private void ReadXmi(byte[] content)
    {
        using var reader = XmlReader.Create(new MemoryStream(content), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "Sofa" })
            {
                _texts[reader.GetAttribute("xmi:id") ?? ""] = (reader.GetAttribute("sofaString") ?? "", ((IXmlLineInfo)reader).LineNumber);
            }
            else if (reader.NodeType == XmlNodeType.Element && reader.GetAttribute("begin") is { } begin && reader.GetAttribute("end") is { } end)
            {
                var (layer, ofText) = (reader.LocalName, Annotation.IsText(reader.NamespaceURI, reader.LocalName));
                var sofa = reader.GetAttribute("sofa") ?? "";
                var features = new Dictionary<string, string>();
                while (reader.MoveToNextAttribute())
                {
                    features[reader.Name] = reader.Value;
                }

                _annotations.Add(new(layer, sofa, Number(begin), Number(end), Annotation.ValueOf(features), ofText));
            }
        }
    }

    private void ReadJson(byte[] content)
    {
        using var document = JsonDocument.Parse(content);
        foreach (var structure in document.RootElement.GetProperty("%FEATURE_STRUCTURES").EnumerateArray())
        {
            var type = structure.GetProperty("%TYPE").GetString() ?? "";
            if (type == "uima.cas.Sofa")
            {
                _texts[structure.GetProperty("%ID").GetRawText()] = (structure.GetProperty("sofaString").GetString() ?? "", 1);
            }
            else if (structure.TryGetProperty("begin", out var begin) && structure.TryGetProperty("end", out var end))
            {
                var features = structure.EnumerateObject().Where(feature => feature.Value.ValueKind == JsonValueKind.String).ToDictionary(feature => feature.Name, feature => feature.Value.GetString()!);
                var layer = type[(type.LastIndexOf('.') + 1)..];
                _annotations.Add(new(
                    layer, structure.GetProperty("@sofa").GetRawText(), begin.GetInt32(), end.GetInt32(),
                    Annotation.ValueOf(features), Annotation.IsText(type, layer)));
            }
        }
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <summary>An annotation of a part of a text.</summary>
    /// <param name="Layer">Its type, without the namespace.</param>
    /// <param name="Sofa">Of which text.</param>
    /// <param name="Start">In UTF-16 code units.</param>
    /// <param name="End">Exclusive.</param>
    /// <param name="Value">Its feature; null where it has none or several.</param>
    /// <param name="IsOfTheText">Whether it says what the text consists of, or whose it is.</param>
    private sealed record Annotation(string Layer, string Sofa, int Start, int End, string? Value, bool IsOfTheText)
    {
        public static bool IsText(string type, string layer) =>
            type.Contains("segmentation", StringComparison.Ordinal) || layer is "DocumentAnnotation" or "DocumentMetaData" or "TagsetDescription" or "CASMetadata";

        public static string? ValueOf(Dictionary<string, string> features) => features.TryGetValue("value", out var value) ? value
            : features.Where(feature => feature.Key is not ("sofa" or "begin" or "end") && feature.Key[0] is not ('%' or '@') && !feature.Key.Contains(':', StringComparison.Ordinal)).ToList() is [var only] ? only.Value
            : null;
    }
}
