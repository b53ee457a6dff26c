using System.Text.Json.Nodes;
using Droptune.Core.Text.Normalizing;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.Subwords;

/// <summary>
/// The tokenizer of a <c>tokenizer.json</c> whose pieces are byte pairs or a unigram model: added pieces, normalizer, words, and the
/// pieces of each word.
/// </summary>
public sealed class SubwordTokenizer : Tokenizer
{
    private readonly SubwordParts _parts;
    private readonly PieceCache _cache = new();
    private readonly SubwordUnits _units;

    internal SubwordTokenizer(SubwordParts parts) => (_parts, _units) = (parts, new(parts.SmallUnits, parts.SpaceId));

    public override int Count => _parts.Pieces.Count;

    public override int PadId => _parts.Special.Pad;

    public override int UnkId => _parts.Special.Unk;

    public override int ClsId => _parts.Special.Cls;

    public override int SepId => _parts.Special.Sep;

    public override int MaskId => _parts.Special.Mask;

    public override string this[int id] => _parts.Pieces[id];

    /// <summary>Where a piece begins with a letter or digit of a script with spaces, and no space is before it.</summary>
    public override bool Continues(int id)
    {
        var piece = _parts.Words is ByteLevelSplit ? ByteAlphabet.Decode(this[id]) : this[id];
        return piece.Length > 0 && (char.IsLetterOrDigit(piece[0]) || piece[0] == '\uFFFD') && !SmallUnits.IsUnspaced(Unicode.Scripts.At(piece, 0))
            && Unicode.Scripts.At(piece, 0) != Unicode.Script.Han;
    }

    public override TokenizedText Tokenize(string text)
    {
        var builder = TokenizedTextBuilder.Start();
        _units.Add(text, word: -1, Cut(text), builder);
        return builder.Build();
    }

    public override TokenizedText Tokenize(IReadOnlyList<string> words)
    {
        var builder = TokenizedTextBuilder.Start();
        for (var word = 0; word < words.Count; word++)
        {
            _units.Add(words[word], word, Cut(words[word]), builder);
        }

        return builder.Build();
    }

    public override SubwordTokenizer WithUnits(SmallUnits? units) => new(_parts with { SmallUnits = units });

    /// <summary>With the units that labels need; words are cut as they would be in a text, behind a space.</summary>
    public override Tokenizer FitTo(IEnumerable<Example> labelled) => new SubwordTokenizer(_parts with
    {
        SmallUnits = UnitEvidence.Needed(labelled, stripAccents: false, chineseCharacters: true),
        Words = _parts.Words is ByteLevelSplit split && labelled.Any(example => example.Tokens is not null) ? split with { PrefixSpace = true } : _parts.Words,
    });

    /// <summary>Writes tokenizer.json and tokenizer_config.json.</summary>
    public override void Save(string folder)
    {
        var content = File.ReadAllBytes(Path.Combine(_parts.Folder, ModelFileNames.Tokenizer));
        var path = Path.Combine(_parts.Folder, ModelFileNames.TokenizerConfig);
        var config = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        foreach (var (key, id) in new[] { ("pad_token", PadId), ("unk_token", UnkId), ("cls_token", ClsId), ("sep_token", SepId), ("mask_token", MaskId) })
        {
            config.TryAdd(key, this[id]);
        }

        TokenizerConfig.SetUnits(config, _parts.SmallUnits);
        if (_parts.Words is ByteLevelSplit { PrefixSpace: true })
        {
            config["add_prefix_space"] = true;
            content = WithPrefixSpace(content);
        }

        File.WriteAllBytes(Path.Combine(folder, ModelFileNames.Tokenizer), content);
        TokenizerConfig.Write(folder, config);
    }

    private static byte[] WithPrefixSpace(byte[] content)
    {
        var json = JsonNode.Parse(content)!;
        foreach (var part in new[] { json["pre_tokenizer"], json["post_processor"] })
        {
            if (part?["add_prefix_space"] is not null)
            {
                part["add_prefix_space"] = true;
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(json, DroptuneJson.Readable);
    }

    private List<(int Id, TextRange Place)> Cut(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int Id, TextRange Place)>();
        var start = 0;
        while (_parts.Added.Next(text, start, out var place, out var id))
        {
            AddNormalized(new(text[start..place.Start], [], start), pieces);
            pieces.Add((id, place));
            start = place.End;
        }

        AddNormalized(new(text[start..], [], start), pieces);
        return pieces;
    }

    private void AddNormalized(PlacedText text, List<(int Id, TextRange Place)> pieces)
    {
        var isFirst = pieces.Count == 0;
        text = _parts.Normalizer is null ? text : _parts.Normalizer.Apply(text);
        var start = 0;
        while (_parts.AddedToNormalized.Next(text.Text, start, out var place, out var id))
        {
            AddPlain(text.Part(start, place.Start), isFirst, pieces);
            pieces.Add((id, text.Place(place.Start, place.End)));
            (start, isFirst) = (place.End, false);
        }

        AddPlain(text.Part(start, text.Text.Length), isFirst, pieces);
    }

    private void AddPlain(PlacedText text, bool isFirst, List<(int Id, TextRange Place)> pieces)
    {
        if (text.Text.IsEmpty)
        {
            return;
        }

        text = _parts.Words.Mark(text, isFirst);
        for (int start = 0, end; start < text.Text.Length; start = end)
        {
            end = _parts.Words.EndOfWord(text.Text, start);
            var cut = _cache.GetOrAdd(text.Text[start..end], _parts.Cutter);
            for (var i = 0; i < cut.Ids.Length; i++)
            {
                var place = text.Place(start + cut.Places[i].Start, start + cut.Places[i].End);
                pieces.Add((cut.Ids[i], _parts.TrimsPlaces ? Trimmed(this[cut.Ids[i]], place) : place));
            }
        }
    }

    /// <summary>Without the spaces at the ends of a piece; one that was put before the text has no place.</summary>
    private TextRange Trimmed(string piece, TextRange place)
    {
        var (before, behind) = (0, 0);
        while (before < piece.Length && piece[before] == ByteAlphabet.Space)
        {
            before++;
        }

        while (behind < piece.Length && piece[^(behind + 1)] == ByteAlphabet.Space)
        {
            behind++;
        }

        before -= before > 0 && place.Start == 0 && _parts.Words is ByteLevelSplit { PrefixSpace: true } ? 1 : 0;
        var start = Math.Min(place.Start + before, place.End);
        return behind == piece.Length ? new(start, start) : new(start, Math.Max(place.End - behind, start));
    }
}

/// <summary>What a <see cref="SubwordTokenizer"/> is made of.</summary>
internal sealed record SubwordParts
{
    /// <summary>The model folder that it was read from, and whose files it saves.</summary>
    public required string Folder { get; init; }

    /// <summary>By id; empty where an id has none.</summary>
    public required IReadOnlyList<string> Pieces { get; init; }

    public required SpecialIds Special { get; init; }

    /// <summary>What is found in a text as it is.</summary>
    public required AddedPieces Added { get; init; }

    /// <summary>What is found in the normalised text.</summary>
    public required AddedPieces AddedToNormalized { get; init; }

    public required Normalizer? Normalizer { get; init; }

    public required WordSplit Words { get; init; }

    public required PieceCutter Cutter { get; init; }

    /// <summary>Whether the places of pieces are without the space before them; units are in any case.</summary>
    public required bool TrimsPlaces { get; init; }

    public SmallUnits? SmallUnits { get; init; }

    /// <summary>The piece of a space by itself; null where there is none.</summary>
    public required int? SpaceId { get; init; }
}

/// <summary>The ids of the pieces that are no part of a text.</summary>
internal sealed record SpecialIds(int Pad, int Unk, int Cls, int Sep, int Mask);
