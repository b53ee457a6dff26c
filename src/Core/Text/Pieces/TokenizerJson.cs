namespace Droptune.Core.Text.Pieces;

/// <summary>A part of a JSON file that was written by others: what is missing or of another type is said with its place.</summary>
internal readonly struct TokenizerJson(JsonElement element, string file, string place = "")
{
    private const long LargestFile = 64L << 20; // a vocabulary of 250,000 pieces has 17 MB
    private const int LargestId = 4_000_000; // as the largest vocab_size
    private const int LongestPiece = 512;

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsText => element.ValueKind == JsonValueKind.String;

    /// <summary>The part, or null where the file has none or says null.</summary>
    public TokenizerJson? Find(string name)
    {
        Require(JsonValueKind.Object, "an object");
        var found = element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
        return found ? new(value, file, place.Length == 0 ? name : $"{place}.{name}") : null;
    }

    public TokenizerJson Get(string name) => Find(name) ?? throw Error($"has no '{name}'");

    public string Text() => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Error("must be a text");

    public string? Text(string name) => Find(name)?.Text();

    public bool Flag(string name, bool otherwise) => Find(name)?.Flag() ?? otherwise;

    public bool Flag() => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : throw Error("must be true or false");

    public double Number() => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number)
        ? number : throw Error("must be a number");

    public int Id(int most = LargestId) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) && id >= 0 && id <= most
        ? id : throw Error($"must be a whole number from 0 to {most}");

    public IEnumerable<TokenizerJson> Items()
    {
        Require(JsonValueKind.Array, "a list");
        var (name, path, index) = (file, place, 0);
        return element.EnumerateArray().Select(item => new TokenizerJson(item, name, $"{path}[{index++}]"));
    }

    public IEnumerable<(string Name, TokenizerJson Value)> Entries()
    {
        Require(JsonValueKind.Object, "an object");
        var (name, path) = (file, place);
        return element.EnumerateObject().Select(entry => (entry.Name, new TokenizerJson(entry.Value, name, $"{path}['{entry.Name}']")));
    }

    /// <summary>A vocabulary by id; null where an id has no piece.</summary>
    public static string?[] ById(IReadOnlyCollection<(string Piece, int Id, TokenizerJson At)> vocabulary)
    {
        var pieces = new string?[vocabulary.Count == 0 ? 0 : vocabulary.Max(entry => entry.Id) + 1];
        foreach (var (piece, id, at) in vocabulary)
        {
            pieces[id] = piece.Length <= LongestPiece ? piece : throw at.Error($"is a piece of {piece.Length} characters; {LongestPiece} are allowed");
        }

        return pieces;
    }

    public InvalidDataException Error(string problem) => new($"{file}: {(place.Length == 0 ? "it" : place)} {problem}.");

    public NotSupportedException Unsupported(string what, string supported) => new($"{file}: {place}: {what} is not supported; {supported}.");

    /// <exception cref="InvalidDataException">It is too large, or no JSON.</exception>
    public static TokenizerJson Read(string path)
    {
        var size = new FileInfo(path).Length;
        if (size > LargestFile)
        {
            throw new InvalidDataException($"{path} has {size:N0} bytes; {LargestFile:N0} are allowed.");
        }

        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            return new(document.RootElement.Clone(), path);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not JSON: {e.Message}", e);
        }
    }

    private void Require(JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw Error($"must be {what}");
        }
    }
}
