using Droptune.Core.Text.Pieces;
using Droptune.Core.Text.Subwords;

namespace Droptune.Core.Text.Loading;

/// <summary>Makes a <see cref="SubwordTokenizer"/> of what a <c>tokenizer.json</c> says; <c>tokenizer_config.json</c> overrides it.</summary>
internal sealed class SubwordReader(string folder, TokenizerJson json, string type)
{
    public const string BytePairModel = "BPE";
    public const string UnigramModel = "Unigram";

    private const int MostAdded = 10_000; // each is looked for in every text

    private readonly TokenizerJson _model = json.Get("model");
    private readonly TokenizerJson? _config = TokenizerConfig.Read(folder);

    public SubwordTokenizer Read()
    {
        if (_model.Flag("byte_fallback", false))
        {
            throw _model.Unsupported("byte_fallback", "pieces of bytes are those of a ByteLevel pre_tokenizer");
        }

        var added = (json.Find("added_tokens")?.Items() ?? []).ToList();
        if (added.Count > MostAdded)
        {
            throw json.Error($"has {added.Count:N0} added_tokens; {MostAdded:N0} are allowed");
        }

        var vocabulary = Vocabulary();
        var pieces = TokenizerJson.ById([.. vocabulary, .. added.Select(piece => (piece.Get("content").Text(), piece.Get("id").Id(), piece))])
            .Select(piece => piece ?? "").ToArray();
        var ids = Ids(vocabulary.Select(entry => (entry.Piece, entry.Id)));
        var normalizer = NormalizerReader.Read(json.Find("normalizer"));
        var post = new PostProcessor(json.Find("post_processor"));
        var words = Words();
        return new(new()
        {
            Folder = folder,
            Pieces = pieces,
            Added = new(added.Where(piece => !piece.Flag("normalized", !piece.Flag("special", false))).Select(Added)),
            AddedToNormalized = new(added.Where(piece => piece.Flag("normalized", !piece.Flag("special", false))).Select(Added).Select(Normalized).Where(piece => piece.Content.Length > 0)),
            Normalizer = normalizer,
            Words = words,
            SpaceId = ids.TryGetValue($"{words.Space}", out var space) ? space : null,
            Cutter = type == BytePairModel ? Merges(ids) : Probabilities(ids),
            Special = Special(Ids(pieces.Index().Select(piece => (piece.Item, piece.Index))), post),
            TrimsPlaces = post.TrimsPlaces,
            SmallUnits = _config.Units(),
        });

        AddedPiece Normalized(AddedPiece piece) => normalizer is null ? piece
            : piece with { Content = normalizer.Apply(new(piece.Content, [], 0)).Text.ToString() };
    }

    private static AddedPiece Added(TokenizerJson piece)
    {
        var content = piece.Get("content");
        return content.Text().Length == 0 ? throw content.Error("is empty") : new(
            content.Text(), piece.Get("id").Id(), piece.Flag("lstrip", false), piece.Flag("rstrip", false), piece.Flag("single_word", false));
    }

    private static Dictionary<string, int> Ids(IEnumerable<(string Piece, int Id)> pieces)
    {
        var ids = new Dictionary<string, int>();
        foreach (var (piece, id) in pieces.Where(entry => entry.Piece.Length > 0))
        {
            ids[piece] = id; // the last of two equal ones counts, as in Hugging Face
        }

        return ids;
    }

    /// <summary>BPE states ids; of a unigram model they are the places in a list of pieces with scores.</summary>
    private List<(string Piece, int Id, TokenizerJson At)> Vocabulary() => type == BytePairModel
        ? [.. _model.Get("vocab").Entries().Select(entry => (entry.Name, entry.Value.Id(), entry.Value))]
        : [.. Scored().Select((entry, id) => (entry.Piece.Text(), id, entry.Piece))];

    private IEnumerable<(TokenizerJson Piece, TokenizerJson Score)> Scored() => _model.Get("vocab").Items()
        .Select(entry => entry.Items().ToArray() is [var piece, var score] ? (piece, score) : throw entry.Error("must be a piece and its score"));

    private SpecialIds Special(Dictionary<string, int> ids, PostProcessor post)
    {
        return new(Id("pad_token", null, "[PAD]", "<pad>"), Id("unk_token", null, "[UNK]", "<unk>"), Id("cls_token", post.First, "[CLS]", "<s>"),
            Id("sep_token", post.Last, "[SEP]", "</s>"), Id("mask_token", null, "[MASK]", "<mask>"));

        int Id(string key, string? stated, params string[] usual)
        {
            string[] names = (_config.Piece(key) ?? stated) is { } name ? [name] : usual;
            var id = names.Select(piece => ids.GetValueOrDefault(piece, -1)).FirstOrDefault(known => known >= 0, -1);
            return id >= 0 ? id : throw json.Error($"has no piece for {key}: {string.Join(" or ", names)}");
        }
    }

    private WordSplit Words()
    {
        var words = json.Get("pre_tokenizer");
        var parts = words.Text("type") == "Sequence" ? words.Get("pretokenizers").Items().ToList() : [words];
        var types = string.Join(", ", parts.Select(part => part.Text("type") ?? ""));
        return (type, types) switch
        {
            (BytePairModel, "ByteLevel") => new ByteLevelSplit(
                _config?.Find("add_prefix_space")?.Flag() ?? parts[0].Flag("add_prefix_space", true), parts[0].Flag("use_regex", true)),
            (UnigramModel, "Metaspace") => Metaspace(parts[0], cutsAtWhiteSpace: false),
            (UnigramModel, "WhitespaceSplit, Metaspace") => Metaspace(parts[1], cutsAtWhiteSpace: true),
            _ => throw words.Unsupported($"{types} for {type}", "ByteLevel for BPE is, Metaspace and WhitespaceSplit with Metaspace for Unigram are"),
        };
    }

    private static MetaspaceSplit Metaspace(TokenizerJson part, bool cutsAtWhiteSpace)
    {
        if (part.Text("replacement") is { } mark && mark != $"{MetaspaceSplit.SpaceMark}")
        {
            throw part.Unsupported($"the replacement {mark}", $"{MetaspaceSplit.SpaceMark} is");
        }

        // Before there was a scheme, there was add_prefix_space.
        var scheme = part.Text("prepend_scheme") ?? (part.Flag("add_prefix_space", true) ? "always" : "never");
        var prefix = scheme switch
        {
            "always" => MetaspacePrefix.Always,
            "first" when !cutsAtWhiteSpace => MetaspacePrefix.First,
            "never" when !cutsAtWhiteSpace => MetaspacePrefix.Never,
            _ => throw part.Unsupported($"the prepend_scheme {scheme}", "always is, and without WhitespaceSplit first and never"),
        };
        return new(cutsAtWhiteSpace, prefix, part.Flag("split", true));
    }

    private BytePairs Merges(Dictionary<string, int> ids)
    {
        foreach (var key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (_model.Text(key) is { Length: > 0 } mark)
            {
                throw _model.Unsupported($"{key} {mark}", "BPE without one is");
            }
        }

        if (_model.Find("dropout")?.Number() > 0)
        {
            throw _model.Unsupported("dropout", "BPE that cuts a word always the same way is");
        }

        var lost = Enumerable.Range(0, 0x100).FirstOrDefault(value => !ids.ContainsKey($"{ByteAlphabet.CharacterOf((byte)value)}"), -1);
        if (lost >= 0)
        {
            throw _model.Error($"has no piece {ByteAlphabet.CharacterOf((byte)lost)} for the byte {lost}");
        }

        var merges = new Dictionary<(int Left, int Right), (int Rank, int Id)>();
        foreach (var (rank, merge) in _model.Get("merges").Items().Index())
        {
            string[] pair = merge.IsText ? merge.Text().Split(' ') : [.. merge.Items().Select(part => part.Text())];
            if (pair is not [var left, var right])
            {
                throw merge.Error("must be two pieces");
            }

            if (!ids.TryGetValue(left, out var first) || !ids.TryGetValue(right, out var second) || !ids.TryGetValue(left + right, out var both))
            {
                throw merge.Error($"merges {left} and {right}; the vocabulary must have both and {left}{right}");
            }

            merges[(first, second)] = (rank, both);
        }

        return new(ids, merges, _model.Flag("ignore_merges", false));
    }

    private Unigram Probabilities(Dictionary<string, int> ids)
    {
        var scores = Scored().Select(entry => entry.Score.Number()).ToArray();
        return scores.Length > 0 ? new(ids, scores, _model.Get("unk_id").Id(scores.Length - 1)) : throw _model.Error("has no pieces");
    }
}
