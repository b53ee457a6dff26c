using Droptune.Core.Datasets.Sources;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Droptune.Core.Datasets.Reading.Rasa;

/// <summary>
/// A value of a YAML document. Built from the parser's events, because the library's own tree has no bounds: nesting is
/// limited, and aliases, of which a few lines can mean terabytes, are not followed.
/// </summary>
/// <param name="Line">1-based, of its first line of text.</param>
/// <param name="Scalar">Null for a list or map.</param>
/// <param name="Items">Of a list.</param>
/// <param name="Fields">Of a map.</param>
internal sealed record YamlNode(long Line, string? Scalar, IReadOnlyList<YamlNode> Items, IReadOnlyDictionary<string, YamlNode> Fields)
{
    private const int MaxDepth = 32;

    /// <summary>The first document of a file.</summary>
    public static YamlNode Parse(byte[] utf8)
    {
        var parser = new Parser(new StreamReader(new MemoryStream(utf8)));
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is NodeEvent)
                {
                    return Read(parser, 0);
                }
            }

            return Of(1, "");
        }
        catch (YamlException e)
        {
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The file is not valid YAML: {e.Message.Split('\n')[0]}", e.Start.Line);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The scanner's own checks, where it had not foreseen what it met.
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The file is not valid YAML from here on.", parser.Current?.End.Line ?? 1);
        }
    }

    public YamlNode? Field(string name) => Fields.GetValueOrDefault(name);

    /// <summary>The node whose first event the parser is at; leaves it at its last.</summary>
    private static YamlNode Read(Parser parser, int depth)
    {
        var start = parser.Current!.Start.Line;
        if (depth > MaxDepth)
        {
            throw new UnreadableFileException(FindingCode.MalformedRecord, $"The YAML is nested more than {MaxDepth} levels deep.", start);
        }

        switch (parser.Current)
        {
            case Scalar scalar:
                return Of(start + (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded ? 1 : 0), scalar.Value);
            case SequenceStart:
                var items = new List<YamlNode>();
                while (parser.MoveNext() && parser.Current is not SequenceEnd)
                {
                    items.Add(Read(parser, depth + 1));
                }

                return new(start, null, items, new Dictionary<string, YamlNode>());
            case MappingStart:
                var fields = new Dictionary<string, YamlNode>();
                while (parser.MoveNext() && parser.Current is not MappingEnd)
                {
                    var key = Read(parser, depth + 1);
                    parser.MoveNext();
                    fields[key.Scalar ?? ""] = Read(parser, depth + 1);
                }

                return new(start, null, [], fields);
            default:
                throw new UnreadableFileException(FindingCode.MalformedRecord, "The YAML has an alias (*name), which is not read: write out what it stands for.", start);
        }
    }

    private static YamlNode Of(long line, string scalar) => new(line, scalar, [], new Dictionary<string, YamlNode>());
}
