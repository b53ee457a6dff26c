using Droptune.Core.Text;
using Droptune.Core.Text.Subwords;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Tests.Text.Subwords;

/// <summary>Every case of Hugging Face's tokenizers: ids, pieces, places in UTF-16 and in code points, words.</summary>
public class SubwordTokenizerReferenceTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static TheoryData<string> Names => SubwordFolder.References;

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_Text_EqualsHuggingFace(string name)
    {
        using var folder = SubwordFolder.Of(name);
        var tokenizer = folder.Load();
        var expected = Read("cases", name, tokenizer).ConvertAll(given => given with { WordIds = null }); // of their own words: our units are finer

        var found = expected.Select(given => Encode(tokenizer, given, [tokenizer.Tokenize(given.Text!)])).ToList();

        Assert.Equal(752, expected.Count);
        Assert.Equal([], Differences(expected, found).Take(3));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_Words_EqualsHuggingFace(string name)
    {
        using var folder = SubwordFolder.Of(name);
        var tokenizer = folder.Load();
        var expected = Read("words", name, tokenizer);

        var found = expected.Select(given => Encode(tokenizer, given, [.. given.Words!.Select(word => tokenizer.Tokenize([word]))])).ToList();

        Assert.Equal(109, expected.Count);
        Assert.Equal([], Differences(expected, found).Take(3));
        Assert.All(expected, given => Assert.Equal(given.Ids[1..^1], tokenizer.Tokenize(given.Words!).Ids));
    }

    private static Case Encode(SubwordTokenizer tokenizer, Case given, IReadOnlyList<TokenizedText> parts)
    {
        int[] ids = [tokenizer.ClsId, .. parts.SelectMany(part => part.Ids), tokenizer.SepId];
        var places = parts.SelectMany((part, i) => part.Pieces.Select(place => (Place: place, Source: given.Text ?? given.Words![i], Word: i))).ToList();

        return given with
        {
            Ids = ids,
            Tokens = [.. ids.Select(id => tokenizer[id])],
            OffsetsUtf16 = given.OffsetsUtf16 is null ? null : [[0, 0], .. places.Select(place => new[] { place.Place.Start, place.Place.End }), [0, 0]],
            OffsetsCp = [[0, 0], .. places.Select(place => InCodePoints(place.Place, place.Source)), [0, 0]],
            WordIds = given.Words is null ? null : [null, .. places.Select(place => (int?)place.Word), null],
        };
    }

    private static int[] InCodePoints(TextRange place, string text)
    {
        var codePoints = new CodePoints(text);
        return [codePoints.FromUtf16(place.Start), codePoints.FromUtf16(place.End)];
    }

    // For what is unknown the reference has the text itself.
    private static List<Case> Read(string kind, string name, SubwordTokenizer tokenizer) => [.. TestData
        .GzipLines("reference", "encoders", name, $"{kind}.jsonl.gz").Select(line => JsonSerializer.Deserialize<Case>(line, SnakeCase)!)
        .Select(given => given with { Tokens = [.. given.Tokens.Zip(given.Ids, (token, id) => id == tokenizer.UnkId ? tokenizer[id] : token)] })];

    private static IEnumerable<string> Differences(IReadOnlyList<Case> expected, IReadOnlyList<Case> found) => expected.Zip(found)
        .Select(pair => (Expected: JsonSerializer.Serialize(pair.First), Found: JsonSerializer.Serialize(pair.Second)))
        .Where(pair => pair.Expected != pair.Found).Select(pair => $"{pair.Found} instead of {pair.Expected}");

    private sealed record Case(
        string? Text, string[]? Words, int[] Ids, string[] Tokens, int[][] OffsetsCp, int[][]? OffsetsUtf16, int?[]? WordIds);
}
