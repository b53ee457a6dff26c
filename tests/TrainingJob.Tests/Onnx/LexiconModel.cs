using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Onnx;

namespace Droptune.TrainingJob.Tests.Onnx;

/// <summary>
/// A joint BERT whose weights are set by hand, so that tests know its answers: a piece's tag stands in its embedding, and
/// attention, which looks everywhere alike, carries the label's words to [CLS]. Small seeded noise on every weight makes the
/// numbers depend on the context as a trained model's do. Its files are <c>tests/data/models/lexicon</c>.
/// </summary>
internal static class LexiconModel
{
    private const int Hidden = 32;
    private const int Inner = 64;
    private const int Layers = 2;
    private const int FirstLabel = 8; // dimensions 0 to 4 stand for the tags, 8 to 11 for the labels

    private static readonly string[] Tags = ["O", "B-city", "I-city", "B-date", "I-date"];
    private static readonly string[] Labels = ["book", "greet", "other", "refund"];

    private static readonly Dictionary<string, string> TagOf = new()
    {
        ["berlin"] = "B-city",
        ["new"] = "B-city",
        ["york"] = "I-city",
        ["北"] = "B-city",
        ["京"] = "I-city",
        ["monday"] = "B-date",
        ["next"] = "B-date",
        ["week"] = "I-date",
        ["明"] = "B-date",
        ["天"] = "I-date",
    };

    private static readonly Dictionary<string, string> LabelOf = new()
    {
        ["book"] = "book",
        ["flight"] = "book",
        ["订"] = "book",
        ["票"] = "book",
        ["refund"] = "refund",
        ["money"] = "refund",
        ["退"] = "refund",
        ["款"] = "refund",
        ["hello"] = "greet",
        ["hi"] = "greet",
        ["你"] = "greet",
        ["好"] = "greet",
    };

    private static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        .. ".,!?'-我去要的".Select(c => c.ToString()),
        .. "abcdefghijklmnopqrstuvwxyz0123456789".SelectMany(c => new[] { c.ToString(), $"##{c}" }),
        .. TagOf.Keys, .. LabelOf.Keys, "a", "the", "to", "on", "and", "please", "my", "from",
    ];

    /// <summary>Writes the whole model folder, and returns the parameters.</summary>
    public static Dictionary<string, (long[] Shape, float[] Data)> Write(string folder)
    {
        var vocabulary = Vocabulary.Distinct().ToArray();
        var config = new ModelConfig
        {
            VocabSize = vocabulary.Length,
            HiddenSize = Hidden,
            NumHiddenLayers = Layers,
            NumAttentionHeads = 4,
            IntermediateSize = Inner,
            MaxPositionEmbeddings = 64,
            Droptune = new() { MaxLength = 32 },
        }.WithLabels(TaskKind.Joint, Tags, Labels);
        config.Save(folder);
        new WordPieceTokenizer(new Vocabulary(vocabulary), new()).Save(folder);
        var parameters = Parameters(vocabulary, config);
        OnnxExport.Write(parameters, config, Path.Combine(folder, ModelFileNames.Onnx));
        OnnxExport.Write(parameters, config, Path.Combine(folder, ModelFileNames.Int8Onnx), OnnxPrecision.EightBit);
        return parameters;
    }

    private static Dictionary<string, (long[] Shape, float[] Data)> Parameters(string[] vocabulary, ModelConfig config)
    {
        var random = new Random(5);
        var parameters = new Dictionary<string, (long[] Shape, float[] Data)>();

        var words = Noise("bert.embeddings.word_embeddings.weight", vocabulary.Length, Hidden);
        foreach (var (piece, word) in vocabulary.Index().Select(p => (p.Item, p.Index * Hidden)))
        {
            words[word + Array.IndexOf(Tags, TagOf.GetValueOrDefault(piece, "O"))] += 2;
            if (LabelOf.TryGetValue(piece, out var label))
            {
                words[word + FirstLabel + Array.IndexOf(Labels, label)] += 2;
            }
        }

        Noise("bert.embeddings.position_embeddings.weight", config.MaxPositionEmbeddings, Hidden);
        Noise("bert.embeddings.token_type_embeddings.weight", config.TypeVocabSize, Hidden);
        Norm("bert.embeddings.LayerNorm");
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"bert.encoder.layer.{i}";
            Linear($"{layer}.attention.self.query", Hidden, Hidden);
            Linear($"{layer}.attention.self.key", Hidden, Hidden);
            Copy(Linear($"{layer}.attention.self.value", Hidden, Hidden), strength: 3);
            Copy(Linear($"{layer}.attention.output.dense", Hidden, Hidden), strength: 1);
            Norm($"{layer}.attention.output.LayerNorm");
            Linear($"{layer}.intermediate.dense", Inner, Hidden);
            Linear($"{layer}.output.dense", Hidden, Inner);
            Norm($"{layer}.output.LayerNorm");
        }

        Copy(Linear("bert.pooler.dense", Hidden, Hidden), strength: 1);
        var tags = Linear("classifier", Tags.Length, Hidden);
        for (var tag = 0; tag < Tags.Length; tag++)
        {
            tags[(tag * Hidden) + tag] += 3;
        }

        var labels = Linear("text_classifier", Labels.Length, Hidden);
        for (var label = 0; label < Labels.Length; label++)
        {
            labels[(label * Hidden) + FirstLabel + label] += 6;
        }

        parameters["text_classifier.bias"].Data[Array.IndexOf(Labels, "other")] = 3; // what no word speaks against
        return parameters;

        float[] Noise(string name, params long[] shape)
        {
            var data = new float[shape.Aggregate(1L, (size, dimension) => size * dimension)];
            for (var i = 0; i < data.Length; i++)
            {
                data[i] = 0.02f * (random.NextSingle() - 0.5f);
            }

            parameters[name] = (shape, data);
            return data;
        }

        float[] Linear(string name, int outputs, int inputs)
        {
            Noise($"{name}.bias", outputs);
            return Noise($"{name}.weight", outputs, inputs);
        }

        void Norm(string name)
        {
            Noise($"{name}.bias", Hidden);
            var weight = Noise($"{name}.weight", Hidden);
            for (var i = 0; i < Hidden; i++)
            {
                weight[i] += 1;
            }
        }

        // Passes the labels' dimensions on.
        static void Copy(float[] weight, float strength)
        {
            for (var label = FirstLabel; label < FirstLabel + Labels.Length; label++)
            {
                weight[(label * Hidden) + label] += strength;
            }
        }
    }
}
