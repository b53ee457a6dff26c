using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;
using Droptune.Core.Text.WordPiece;

namespace Droptune.Core.Tests.Text.WordPiece;

/// <summary>Every case of Hugging Face's tokenizers: ids, pieces, places in UTF-16 and in code points, word ids.</summary>
public class WordPieceTokenizerReferenceTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static TheoryData<string> Names => ReferenceTokenizers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_Text_EqualsHuggingFace(string name)
    {
        var tokenizer = ReferenceTokenizers.Of(name);
        var expected = Read<Case>("cases", name);

        var found = expected.Select(c => Encode(tokenizer, c, tokenizer.Tokenize(c.Text!))).ToList();

        Assert.Equal(752, expected.Count);
        Assert.Equal([], Differences(expected, found).Take(3));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_Words_EqualsHuggingFace(string name)
    {
        var tokenizer = ReferenceTokenizers.Of(name);
        var expected = Read<Case>("words", name);

        var found = expected.Select(c => Encode(tokenizer, c, tokenizer.Tokenize(c.Words!))).ToList();

        Assert.Equal(109, expected.Count);
        Assert.Equal([], Differences(expected, found).Take(3));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_PairsTruncationOverflow_EqualsHuggingFace(string name)
    {
        var tokenizer = ReferenceTokenizers.Of(name);
        var expected = Read<Extra>("extra", name);

        var found = expected.Select(c => c.TextPair is null ? EncodeLong(tokenizer, c) : EncodePair(tokenizer, c)).ToList();

        Assert.Equal(114, expected.Count);
        Assert.Equal([], Differences(expected, found).Take(3));
    }

    private static Case Encode(WordPieceTokenizer tokenizer, Case given, TokenizedText text)
    {
        var ids = EncodedSequence.Encode(tokenizer, text).Single().Ids;
        var words = WordOfEachPiece(text).ToList();
        var source = words.Select(word => given.Text ?? given.Words![word]);
        var places = text.Pieces.Zip(source).ToList();

        return given with
        {
            Ids = ids,
            Tokens = [.. ids.Select(id => tokenizer.Vocabulary[id])],
            OffsetsUtf16 = [[0, 0], .. text.Pieces.Select(place => new[] { place.Start, place.End }), [0, 0]],
            OffsetsCp = [[0, 0], .. places.Select(place => InCodePoints(place.First, place.Second)), [0, 0]],
            WordIds = [null, .. words.Cast<int?>(), null],
        };
    }

    private static IEnumerable<int> WordOfEachPiece(TokenizedText text) => text.Units.Zip(text.Units.Skip(1).Select(next => next.FirstPiece).Append(text.Ids.Length))
        .SelectMany(unit => Enumerable.Repeat(unit.First.WordIndex, unit.Second - unit.First.FirstPiece));

    private static Extra EncodeLong(WordPieceTokenizer tokenizer, Extra given)
    {
        var sequences = EncodedSequence.Encode(tokenizer, Tokenize(tokenizer, given.Text, given), given.MaxLength!.Value, given.Stride!.Value)
            .Select(sequence => new Part(sequence.Ids, [.. sequence.Places.Select(place => InCodePoints(place, given.Text))])).ToList();

        return given with { Ids = sequences[0].Ids, OffsetsCp = sequences[0].OffsetsCp, Overflowing = [.. sequences.Skip(1)] };
    }

    private static Extra EncodePair(WordPieceTokenizer tokenizer, Extra given)
    {
        var (text, pair) = (Tokenize(tokenizer, given.Text, given), Tokenize(tokenizer, given.TextPair!, given));
        var found = EncodedSequence.EncodePair(tokenizer, text, pair, given.MaxLength ?? int.MaxValue);
        var offsets = found.Places.Select((place, i) => InCodePoints(place, found.TypeIds[i] == 0 ? given.Text : given.TextPair!));

        return given with { Ids = found.Ids, TypeIds = found.TypeIds, OffsetsCp = given.OffsetsCp is null ? null : [.. offsets] };
    }

    // This version of the reference stops at the word in which a text reaches max_length pieces, so that its overflow ends
    // there, and that counts as the text's length; ours goes on to the end.
    private static TokenizedText Tokenize(WordPieceTokenizer tokenizer, string text, Extra given)
    {
        var whole = tokenizer.Tokenize(text);
        var units = whole.Units.TakeWhile(unit => unit.FirstPiece < (given.MaxLength ?? int.MaxValue)).ToArray();
        var pieces = units.Length < whole.Units.Length ? whole.Units[units.Length].FirstPiece : whole.Ids.Length;

        return new() { Ids = whole.Ids[..pieces], Pieces = whole.Pieces[..pieces], Units = units };
    }

    private static int[] InCodePoints(TextRange place, string text)
    {
        var codePoints = new CodePoints(text);
        return [codePoints.FromUtf16(place.Start), codePoints.FromUtf16(place.End)];
    }

    private static List<T> Read<T>(string kind, string name) => [.. TestData
        .GzipLines("reference", "tokenizer", $"tokenizer-{kind}.{name}.jsonl.gz").Select(line => JsonSerializer.Deserialize<T>(line, SnakeCase)!)];

    private static IEnumerable<string> Differences<T>(IEnumerable<T> expected, IEnumerable<T> found) => expected.Zip(found)
        .Select(pair => (Expected: JsonSerializer.Serialize(pair.First), Found: JsonSerializer.Serialize(pair.Second)))
        .Where(pair => pair.Expected != pair.Found).Select(pair => $"{pair.Found} instead of {pair.Expected}");

    private sealed record Case(
        string? Text, string[]? Words, int[] Ids, string[] Tokens, int[][] OffsetsCp, int[][] OffsetsUtf16, int?[] WordIds);

    private sealed record Extra(string Kind, string Text, string? TextPair, int[] Ids, int[]? TypeIds, int[][]? OffsetsCp,
        int? MaxLength, int? Stride, Part[]? Overflowing);

    private sealed record Part(int[] Ids, int[][] OffsetsCp);
}
