using System.Text.Json.Nodes;

namespace Droptune.Core.Text.WordPiece;

/// <summary>The pieces of a WordPiece model by id; those that continue a word start with "##".</summary>
public sealed class Vocabulary
{
    public const string Continuation = "##";

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _starts;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuations;

    public Vocabulary(IReadOnlyList<string> pieces)
    {
        Pieces = pieces;
        _ids = new(pieces.Count);
        var continuations = new Dictionary<string, int>(pieces.Count);
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            _ids[piece] = id; // the last of two equal ones counts, as in Hugging Face
            LongestPiece = Math.Max(LongestPiece, piece.Length);
            if (piece.StartsWith(Continuation, StringComparison.Ordinal))
            {
                continuations[piece[Continuation.Length..]] = id;
            }
        }

        _starts = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _continuations = continuations.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<string> Pieces { get; }

    public int Count => Pieces.Count;

    /// <summary>UTF-16 length of the longest piece.</summary>
    internal int LongestPiece { get; }

    public string this[int id] => Pieces[id];

    public bool TryGetId(string piece, out int id) => _ids.TryGetValue(piece, out id);

    /// <summary>The id of a piece that starts a word, or that continues one (given without its "##").</summary>
    internal bool TryGetId(ReadOnlySpan<char> piece, bool continues, out int id) =>
        (continues ? _continuations : _starts).TryGetValue(piece, out id);

    /// <summary>
    /// Reads <c>vocab.txt</c>, one piece a line. Cut at LF only and nothing trimmed: the Chinese vocabulary of Google holds U+2028.
    /// </summary>
    public static Vocabulary ReadText(string path)
    {
        var lines = File.ReadAllText(path).Split('\n').ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        if (lines.Count > 0 && lines[0].EndsWith('\r')) // written on Windows
        {
            lines = lines.ConvertAll(line => line.EndsWith('\r') ? line[..^1] : line);
        }

        return lines.Count > 0 ? new(lines) : throw new InvalidDataException($"{path} is empty: one piece a line is expected.");
    }

    /// <summary>Reads the model part of a <c>tokenizer.json</c>.</summary>
    internal static Vocabulary ReadTokenizerJson(string path, JsonNode json)
    {
        var model = json["model"];
        var type = (string?)model?["type"] ?? (model?["continuing_subword_prefix"] is null ? "unknown" : "WordPiece");
        if (type != "WordPiece" || (string?)model!["continuing_subword_prefix"] is not (null or Continuation))
        {
            throw new NotSupportedException($"{path}: a tokenizer of type {type} is not supported; WordPiece with \"##\" is.");
        }

        var ids = model["vocab"]!.AsObject().ToDictionary(entry => entry.Key, entry => (int)entry.Value!);
        foreach (var added in json["added_tokens"]?.AsArray() ?? [])
        {
            ids[(string)added!["content"]!] = (int)added["id"]!;
        }

        var pieces = new string?[ids.Values.Max() + 1];
        foreach (var (piece, id) in ids)
        {
            pieces[id] = piece;
        }

        var gap = Array.IndexOf(pieces, null);
        return gap < 0 ? new(pieces!) : throw new InvalidDataException($"{path}: no piece has the id {gap}.");
    }

    /// <summary>Writes <c>vocab.txt</c>.</summary>
    public void Write(string path) =>
        File.WriteAllText(path, string.Concat(Pieces.Select(piece => piece + "\n")), new UTF8Encoding(false));
}
