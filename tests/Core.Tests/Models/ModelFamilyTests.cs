using System.Text.Json.Nodes;
using Droptune.Core.Models;

namespace Droptune.Core.Tests.Models;

/// <summary>What a base's configuration must say, and which names its parameters have here and in files.</summary>
public sealed class ModelFamilyTests : IDisposable
{
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
    [InlineData("bert", TaskKind.TextClassification, "bert.pooler.dense.weight", "bert.pooler.dense.weight")]
    public void ToStored_AndBack_IsTheName(string type, TaskKind task, string bert, string stored)
    {
        var family = ModelFamily.Of(type);

        Assert.Equal(stored, family.ToStored(bert, task));
        Assert.Equal(bert, family.ToBert(stored));
    }

    private ModelConfig Read(string type, params (string Key, string Value)[] others)
    {
        var json = JsonNode.Parse($$"""
            {"model_type":"{{type}}","vocab_size":2000,"hidden_size":64,"num_hidden_layers":3,"num_attention_heads":4,"intermediate_size":256}
            """)!.AsObject();
        foreach (var (key, value) in others)
        {
            json[key] = JsonNode.Parse(value);
        }

        File.WriteAllText(Path.Combine(_folder, ModelFileNames.Config), json.ToJsonString());
        return ModelConfig.From(ModelNaming.For(_folder).Config);
    }
}
