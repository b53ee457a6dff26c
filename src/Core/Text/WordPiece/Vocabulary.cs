using Droptune.Core.Text.Pieces;

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
    internal static Vocabulary ReadTokenizerJson(TokenizerJson json)
    {
        var model = json.Get("model");
        var type = model.Text("type") ?? (model.Find("continuing_subword_prefix") is null ? "unknown" : "WordPiece");
        if (type != "WordPiece" || model.Text("continuing_subword_prefix") is not (null or Continuation))
        {
            throw model.Unsupported($"a tokenizer of type {type}", "WordPiece with \"##\" is");
        }

        var pieces = TokenizerJson.ById(
        [
            .. model.Get("vocab").Entries().Select(entry => (entry.Name, entry.Value.Id(), entry.Value)),
            .. (json.Find("added_tokens")?.Items() ?? []).Select(added => (added.Get("content").Text(), added.Get("id").Id(), added)),
        ]);
        var gap = Array.IndexOf(pieces, null);
        return gap < 0 ? new(pieces!) : throw model.Error($"has no piece with the id {gap}");
    }

    /// <summary>Writes <c>vocab.txt</c>.</summary>
    public void Write(string path) =>
        File.WriteAllText(path, string.Concat(Pieces.Select(piece => piece + "\n")), new UTF8Encoding(false));
}
