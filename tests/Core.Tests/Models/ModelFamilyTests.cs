using System.Text.Json.Nodes;
using Droptune.Core.Models;

namespace Droptune.Core.Tests.Models;

/// <summary>What a base's configuration must say, and which names its parameters have here and in files.</summary>
public sealed class ModelFamilyTests : IDisposable
{
    private const string Deberta = """
        {"relative_attention":true,"pos_att_type":"p2c|c2p","share_att_key":true,"norm_rel_ebd":"layer_norm","position_biased_input":false,"position_buckets":256}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("roberta", "pad_token_id", "-2", "pad_token_id is -2")]
    [InlineData("roberta", "pad_token_id", "2147483647", "pad_token_id is 2147483647")]
    [InlineData("xlm-roberta", "max_position_embeddings", "4", "the positions of texts, which follow it, end with 4 (max_position_embeddings)")]
    [InlineData("mpnet", "relative_attention_num_buckets", "64", "relative_attention_num_buckets 64 is not supported; 32 is")]
    [InlineData("modernbert", "norm_bias", "true", "norm_bias true is not supported; false is")]
    [InlineData("modernbert", "classifier_activation", "\"relu\"", "classifier_activation relu other than hidden_activation is not supported")]
    [InlineData("modernbert", "global_attn_every_n_layers", "0", "global_attn_every_n_layers")]
    [InlineData("modernbert", "hidden_size", "60", "heads of an even size")]
    [InlineData("deberta-v2", "conv_kernel_size", "3", "conv_kernel_size 3 is not supported; 0 is")]
    [InlineData("deberta-v2", "relative_attention", "null", "relative_attention false is not supported; true is")]
    [InlineData("deberta-v2", "pos_att_type", "\"c2p\"", "pos_att_type c2p is not supported; c2p|p2c is")]
    [InlineData("deberta-v2", "pos_att_type", "null", "pos_att_type none is not supported; c2p|p2c is")]
    [InlineData("deberta-v2", "share_att_key", "false", "share_att_key false is not supported; true is")]
    [InlineData("deberta-v2", "norm_rel_ebd", "null", "norm_rel_ebd none is not supported; layer_norm is")]
    [InlineData("deberta-v2", "position_biased_input", "null", "position_biased_input true is not supported; false is")]
    [InlineData("deberta-v2", "type_vocab_size", "2", "type_vocab_size 2 is not supported; 0 is")]
    [InlineData("deberta-v2", "embedding_size", "32", "embedding_size 32 is not supported; 64 is")]
    [InlineData("deberta-v2", "attention_head_size", "32", "attention_head_size 32 is not supported; 16 is")]
    [InlineData("deberta-v2", "pooler_hidden_size", "32", "pooler_hidden_size 32 is not supported; 64 is")]
    [InlineData("deberta-v2", "pooler_hidden_act", "\"tanh\"", "pooler_hidden_act tanh is not supported; gelu is")]
    [InlineData("deberta-v2", "position_buckets", "null", "position_buckets is -1; it must be 2 to 16384")]
    [InlineData("deberta-v2", "position_buckets", "1022", "half of it below the farthest distance, 511 (max_relative_positions, max_position_embeddings)")]
    [InlineData("deberta-v2", "max_relative_positions", "129", "half of it below the farthest distance, 128")]
    [InlineData("deberta", "vocab_size", "2000", "model_type 'deberta' is not supported; these are: bert, roberta, xlm-roberta, mpnet, modernbert, deberta-v2")]
    [InlineData("roberta", "position_embedding_type", "\"relative_key\"", "position_embedding_type 'relative_key' is not supported; absolute is")]
    public void Load_ImpossibleOrForeign_SaysWhy(string type, string key, string value, string problem)
    {
        var error = Assert.ThrowsAny<Exception>(() => Read(type, (key, value)));

        Assert.True(error is InvalidDataException or NotSupportedException, $"{error}");
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bert", 64, 64)]
    [InlineData("roberta", 64, 62)]
    [InlineData("modernbert", 64, 64)]
    public void MostPieces_PositionsBehindPadding_AreFewer(string type, int positions, int pieces)
    {
        var config = Read(type, ("max_position_embeddings", $"{positions}"), ("pad_token_id", "1"));

        Assert.Equal((type, pieces, pieces), (config.ModelType, config.MostPieces, config.MaxLength));
    }

    [Theory]
    [InlineData("roberta", TaskKind.TextClassification, "bert.pooler.dense.weight", "classifier.dense.weight")]
    [InlineData("roberta", TaskKind.TextClassification, "classifier.bias", "classifier.out_proj.bias")]
    [InlineData("roberta", TaskKind.TokenClassification, "classifier.bias", "classifier.bias")]
    [InlineData("xlm-roberta", TaskKind.Joint, "bert.pooler.dense.weight", "text_classifier.dense.weight")]
    [InlineData("xlm-roberta", TaskKind.Joint, "text_classifier.weight", "text_classifier.out_proj.weight")]
    [InlineData("xlm-roberta", TaskKind.Joint, "classifier.weight", "classifier.weight")]
    [InlineData("roberta", TaskKind.Joint, "cls.predictions.transform.LayerNorm.bias", "lm_head.layer_norm.bias")]
    [InlineData("mpnet", TaskKind.Joint, "bert.encoder.layer.3.attention.output.LayerNorm.bias", "mpnet.encoder.layer.3.attention.LayerNorm.bias")]
    [InlineData("modernbert", TaskKind.Joint, "bert.encoder.layer.3.attention.output.dense.weight", "model.layers.3.attn.Wo.weight")]
    [InlineData("modernbert", TaskKind.Joint, "bert.encoder.layer.3.output.dense.weight", "model.layers.3.mlp.Wo.weight")]
    [InlineData("modernbert", TaskKind.Joint, "bert.final_norm.weight", "model.final_norm.weight")]
    [InlineData("deberta-v2", TaskKind.Joint, "bert.encoder.layer.3.attention.self.query.weight", "deberta.encoder.layer.3.attention.self.query_proj.weight")]
    [InlineData("deberta-v2", TaskKind.Joint, "bert.encoder.rel_embeddings.weight", "deberta.encoder.rel_embeddings.weight")]
    [InlineData("deberta-v2", TaskKind.Joint, "bert.encoder.LayerNorm.bias", "deberta.encoder.LayerNorm.bias")]
    [InlineData("deberta-v2", TaskKind.Joint, "bert.pooler.dense.weight", "pooler.dense.weight")]
    [InlineData("bert", TaskKind.TextClassification, "bert.pooler.dense.weight", "bert.pooler.dense.weight")]
    public void ToStored_AndBack_IsTheName(string type, TaskKind task, string bert, string stored)
    {
        var family = ModelFamily.Of(type);

        Assert.Equal(stored, family.ToStored(bert, task));
        Assert.Equal(bert, family.ToBert(stored));
    }

    [Fact]
    public void Read_DebertaAsPublished_HasItsDefaults()
    {
        var config = Read("deberta-v2");

        Assert.Equal((0, 0, 1e-7, 512, 512), (config.TypeVocabSize, config.PadTokenId, config.LayerNormEps, config.FarthestDistance, config.MostPieces));
        Assert.Equal(300, Read("deberta-v2", ("max_relative_positions", "300")).FarthestDistance);
    }

    [Theory]
    [InlineData(0, 256, 256)]
    [InlineData(1, 257, 255)]
    [InlineData(128, 384, 128)] // the last that has a row of its own
    [InlineData(129, 385, 127)]
    [InlineData(130, 386, 126)]
    [InlineData(138, 391, 121)]
    [InlineData(320, 469, 43)]
    [InlineData(510, 511, 1)]
    [InlineData(511, 511, 1)]
    [InlineData(513, 511, 0)]
    [InlineData(5120, 511, 0)]
    public void OfDistances_NearAndFar_AreHuggingFaces(int distance, int behind, int before)
    {
        var rows = PositionBuckets.OfDistances(Read("deberta-v2"), 5120); // of 512 pieces and 256 buckets

        Assert.Equal((behind, before), (rows[5120 + distance], rows[5120 - distance]));
    }

    private ModelConfig Read(string type, params (string Key, string Value)[] others)
    {
        var json = JsonNode.Parse($$"""
            {"model_type":"{{type}}","vocab_size":2000,"hidden_size":64,"num_hidden_layers":3,"num_attention_heads":4,"intermediate_size":256}
            """)!.AsObject();
        if (type == "deberta-v2")
        {
            foreach (var (key, value) in JsonNode.Parse(Deberta)!.AsObject())
            {
                json[key] = value?.DeepClone();
            }
        }

        foreach (var (key, value) in others)
        {
            json[key] = JsonNode.Parse(value);
        }

        File.WriteAllText(Path.Combine(_folder, ModelFileNames.Config), json.ToJsonString());
        return ModelConfig.From(ModelNaming.For(_folder).Config);
    }
}
