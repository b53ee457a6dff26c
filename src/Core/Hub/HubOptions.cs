using System.ComponentModel.DataAnnotations;
using System.IO.Enumeration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Droptune.Core.Hub;

/// <summary>Where base models are fetched from, and which: of the settings alone, never of a dataset.</summary>
public sealed record HubOptions : IValidatableObject
{
    /// <summary>Address and token have the names that the hub's own programs read.</summary>
    public const string Section = "";

    public const string EndpointName = "HF_ENDPOINT";
    public const string TokenName = "HF_TOKEN";

    /// <summary>All of these settings, for a process that hands them on.</summary>
    public static readonly IReadOnlyList<string> Sections = [EndpointName, TokenName, nameof(Hub)];

    [ConfigurationKeyName(EndpointName)]
    public string Endpoint { get; init; } = "https://huggingface.co";

    /// <summary>Sent to the endpoint's own host, and to no other; null or empty = none.</summary>
    [ConfigurationKeyName(TokenName)]
    public string? Token { get; init; }

    public HubSettings Hub { get; init; } = new();

    /// <summary>The options of a program that has no services.</summary>
    /// <exception cref="OptionsValidationException">Some cannot be used.</exception>
    public static HubOptions From(IConfiguration configuration)
    {
        var (options, section) = (new HubOptions(), new SettingsSection<HubOptions>(configuration, Section));
        section.Configure(options);
        return section.Validate(null, options) is { Failed: true } result ? throw new OptionsValidationException("", typeof(HubOptions), result.Failures) : options;
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0 || address.Query.Length > 0)
        {
            yield return new("an address such as https://huggingface.co", [nameof(Endpoint)]);
        }
        else if (!string.IsNullOrEmpty(Token) && address.Scheme != "https" && !address.IsLoopback)
        {
            yield return new($"an address of https: {TokenName} could be read on its way", [nameof(Endpoint)]);
        }
    }
}

/// <summary>What may be fetched.</summary>
public sealed record HubSettings
{
    /// <summary>False where the hub is not to be asked, or cannot be reached.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Patterns of the models that may be fetched, with commas: <c>google-bert/*,FacebookAI/*</c>.</summary>
    [Required]
    public string Allow { get; init; } = "*";

    /// <summary>Most bytes of a model.</summary>
    [Range(1L, 1L << 50)]
    public long MaxBytes { get; init; } = 4_000_000_000;

    /// <summary>Whether a model may be fetched.</summary>
    public bool Allows(HubName name) => Allow.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name.Id, ignoreCase: true));
}
