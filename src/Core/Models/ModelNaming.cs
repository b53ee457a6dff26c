using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Droptune.Core.Models;

/// <summary>
/// Reads the folder of a base model: of a <see cref="ModelFamily"/>, or one that is BERT under other names, as DistilBERT (no token types,
/// no pooler) and ELECTRA, and becomes BERT. Others are refused, because their computation differs.
/// </summary>
public sealed partial class ModelNaming
{
    private static readonly string Supported = string.Join(", ", ModelFamily.All.Select(family => family.Type).Concat(["distilbert", "electra"]));

    private static readonly Dictionary<string, string> DistilBertConfig = new()
    {
        ["dim"] = "hidden_size",
        ["n_layers"] = "num_hidden_layers",
        ["n_heads"] = "num_attention_heads",
        ["hidden_dim"] = "intermediate_size",
        ["activation"] = "hidden_act",
        ["dropout"] = "hidden_dropout_prob",
        ["attention_dropout"] = "attention_probs_dropout_prob",
    };

    private static readonly (string Theirs, string Bert)[] DistilBertNames =
    [
        (".transformer.layer.", ".encoder.layer."),
        (".attention.q_lin.", ".attention.self.query."),
        (".attention.k_lin.", ".attention.self.key."),
        (".attention.v_lin.", ".attention.self.value."),
        (".attention.out_lin.", ".attention.output.dense."),
        (".sa_layer_norm.", ".attention.output.LayerNorm."),
        (".ffn.lin1.", ".intermediate.dense."),
        (".ffn.lin2.", ".output.dense."),
        (".output_layer_norm.", ".output.LayerNorm."),
    ];

    private readonly string _type;

    private ModelNaming(string type, JsonObject config) => (_type, Config) = (type, config);

    private ModelFamily Family => ModelFamily.Find(_type) ?? ModelFamily.Bert;

    /// <summary>The configuration with BERT's keys.</summary>
    public JsonObject Config { get; }

    /// <exception cref="NotSupportedException">Another kind of model; the message lists those that are supported.</exception>
    public static ModelNaming For(string folder)
    {
        var path = Path.Combine(folder, ModelFileNames.Config);
        var config = JsonNode.Parse(File.ReadAllText(path))?.AsObject() ?? throw new InvalidDataException($"{path} is empty");
        var type = (string?)config["model_type"] ?? "bert";
        switch (type)
        {
            case "roberta" or "xlm-roberta" or "mpnet":
                config["pad_token_id"] ??= 1; // what transformers takes where a file does not say it
                config["layer_norm_eps"] ??= 1e-12;
                if ((int?)config["relative_attention_num_buckets"] is { } buckets and not PositionBuckets.Count)
                {
                    throw new NotSupportedException($"{folder}: relative_attention_num_buckets {buckets} is not supported; {PositionBuckets.Count} is");
                }

                break;
            case "modernbert":
                ReadModernBert(folder, config);
                break;
            case "deberta-v2":
                ReadDeberta(folder, config);
                break;
            case var family when ModelFamily.Find(family) is not null:
                break;
            case "distilbert":
                foreach (var (theirs, bert) in DistilBertConfig)
                {
                    config[bert] = config[theirs]?.DeepClone();
                    config.Remove(theirs);
                }

                config["type_vocab_size"] = 1;
                break;
            case "electra" when (int?)config["embedding_size"] is { } size && size != (int?)config["hidden_size"]:
                throw new NotSupportedException(
                    $"{folder}: ELECTRA with embedding_size {size} other than hidden_size has a projection that BERT has not: not supported");
            case "electra":
                break;
            default:
                throw new NotSupportedException($"{folder}: model_type '{type}' is not supported; these are: {Supported}");
        }

        if ((string?)config["position_embedding_type"] is { } positions and not "absolute")
        {
            throw new NotSupportedException($"{folder}: position_embedding_type '{positions}' is not supported; absolute is");
        }

        config["model_type"] = (ModelFamily.Find(type) ?? ModelFamily.Bert).Type;
        return new(type, config);
    }

    /// <summary>Its keys by BERT's names, with the defaults of transformers; what is computed in another way is refused.</summary>
    private static void ReadModernBert(string folder, JsonObject config)
    {
        foreach (var key in new[] { "attention_bias", "mlp_bias", "norm_bias", "classifier_bias" })
        {
            if ((bool?)config[key] == true)
            {
                throw new NotSupportedException($"{folder}: {key} true is not supported; false is");
            }
        }

        config["hidden_act"] = (string?)config["hidden_activation"] ?? "gelu";
        config["layer_norm_eps"] = (double?)config["norm_eps"] ?? 1e-5;
        config["global_attn_every_n_layers"] ??= 3;
        config["local_attention"] ??= 128;
        config["global_rope_theta"] = (double?)config["rope_parameters"]?["full_attention"]?["rope_theta"] ?? (double?)config["global_rope_theta"] ?? 160_000;
        config["local_rope_theta"] = (double?)config["rope_parameters"]?["sliding_attention"]?["rope_theta"] ?? (double?)config["local_rope_theta"] ?? 10_000;
        config["classifier_pooling"] = "cls"; // a text's labels are learnt from its first piece
        if ((string?)config["classifier_activation"] is { } activation && activation != (string?)config["hidden_act"])
        {
            throw new NotSupportedException($"{folder}: classifier_activation {activation} other than hidden_activation is not supported");
        }
    }

    /// <summary>The defaults of transformers; what is computed in another way than in version 3 is refused.</summary>
    private static void ReadDeberta(string folder, JsonObject config)
    {
        var (hidden, heads) = ((int?)config["hidden_size"] ?? 0, (int?)config["num_attention_heads"] ?? 0);
        var attention = config["pos_att_type"] is JsonArray parts ? parts.Select(part => $"{part}") : $"{config["pos_att_type"]}".Split('|');
        var activation = (string)(config["hidden_act"] ??= "gelu")!;
        (string Key, string Found, string Supported)[] settings =
        [
            ("relative_attention", Stated("relative_attention", "false"), "true"),
            ("pos_att_type", string.Join('|', attention.Order(StringComparer.Ordinal)), "c2p|p2c"),
            ("share_att_key", Stated("share_att_key", "false"), "true"),
            ("norm_rel_ebd", Stated("norm_rel_ebd", "none"), "layer_norm"),
            ("position_biased_input", Stated("position_biased_input", "true"), "false"),
            ("conv_kernel_size", Stated("conv_kernel_size", "0"), "0"), // a convolution beside the first layer, in the large models of version 2
            ("type_vocab_size", Stated("type_vocab_size", "0"), "0"),
            ("embedding_size", Stated("embedding_size", $"{hidden}"), $"{hidden}"),
            ("attention_head_size", Stated("attention_head_size", $"{hidden / Math.Max(1, heads)}"), $"{hidden / Math.Max(1, heads)}"),
            ("pooler_hidden_size", Stated("pooler_hidden_size", $"{hidden}"), $"{hidden}"),
            ("pooler_hidden_act", Stated("pooler_hidden_act", "gelu"), activation),
        ];
        var problems = settings.Where(setting => setting.Found != setting.Supported)
            .Select(setting => $"{setting.Key} {(setting.Found.Length > 0 ? setting.Found : "none")} is not supported; {setting.Supported} is").ToList();
        if (problems.Count > 0)
        {
            throw new NotSupportedException($"{folder}: {string.Join("; ", problems)}");
        }

        config["type_vocab_size"] = 0;
        config["layer_norm_eps"] ??= 1e-7;
        config["legacy"] = true; // the head that guesses pieces has BERT's names

        string Stated(string key, string usual) => config[key]?.ToString() ?? usual;
    }

    /// <summary>BERT's name of a stored parameter.</summary>
    public string ToBert(string name)
    {
        // A bare encoder is saved without the prefix; the first BERT checkpoints call a norm's weight gamma and its bias beta.
        var bert = Family.ToBert(BareEncoder().IsMatch(name) ? Family.Prefix + name : name);
        bert = Prefix().Replace(bert, "bert.").Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal)
            .Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
        if (_type == "distilbert")
        {
            foreach (var (theirs, ours) in DistilBertNames)
            {
                bert = bert.Replace(theirs, ours, StringComparison.Ordinal);
            }
        }

        return bert;
    }

    /// <summary>Whether this kind of model has no such parameter, which means 0 in BERT.</summary>
    public bool HasNoCounterpart(string name) =>
        _type == "distilbert" && name == "bert.embeddings.token_type_embeddings.weight";

    [GeneratedRegex("^(embeddings|encoder|transformer|pooler|layers|final_norm)\\.")]
    private static partial Regex BareEncoder();

    [GeneratedRegex("^(distilbert|electra)\\.")]
    private static partial Regex Prefix();
}
