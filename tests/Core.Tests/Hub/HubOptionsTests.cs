using Droptune.Core.Hub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Droptune.Core.Tests.Hub;

public class HubOptionsTests
{
    [Fact]
    public void From_Settings_AreReadByTheHubsNamesAndOurs()
    {
        var options = HubOptions.From(Configuration(
            ("HF_ENDPOINT", "https://mirror.example"), ("HF_TOKEN", "secret"), ("Hub:Enabled", "false"), ("Hub:Allow", "a/*"), ("Hub:MaxBytes", "1000")));

        Assert.Equal(
            new HubOptions { Endpoint = "https://mirror.example", Token = "secret", Hub = new() { Enabled = false, Allow = "a/*", MaxBytes = 1000 } }, options);
    }

    [Theory]
    [InlineData("HF_ENDPOINT", "hub", null, "HF_ENDPOINT is 'hub'; it must be an address such as https://huggingface.co")]
    [InlineData("HF_ENDPOINT", "ftp://hub", null, "HF_ENDPOINT is 'ftp://hub'; it must be an address such as https://huggingface.co")]
    [InlineData("HF_ENDPOINT", "http://mirror", "secret", "HF_ENDPOINT is 'http://mirror'; it must be an address of https: HF_TOKEN could be read on its way")]
    [InlineData("Hub:MaxBytes", "0", null, "Hub__MaxBytes is 0; it must be 1 to 1125899906842624")]
    [InlineData("Hub:Enabled", "perhaps", null, "Hub__Enabled is 'perhaps'; it must be true or false")]
    public void Validate_SettingThatCannotBeUsed_IsNamed(string key, string value, string? token, string problem)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Validated((key, value), ("HF_TOKEN", token)));

        Assert.Equal(problem, Assert.Single(exception.Failures));
    }

    [Theory]
    [InlineData("http://mirror", null)]
    [InlineData("http://127.0.0.1:5000", "secret")]
    [InlineData("https://mirror.example/hub", "secret")]
    public void Validate_Endpoint_MayBeAMirror(string endpoint, string? token) => Validated(("HF_ENDPOINT", endpoint), ("HF_TOKEN", token));

    [Theory]
    [InlineData("*", true)]
    [InlineData("google-bert/*", true)]
    [InlineData("FacebookAI/*, Google-BERT/bert-base-cased", true)]
    [InlineData("google-bert", false)]
    [InlineData("*/other", false)]
    [InlineData("", false)]
    public void Allows_Pattern_IsOfTheWholeName(string allow, bool isAllowed) =>
        Assert.Equal(isAllowed, new HubSettings { Allow = allow }.Allows(new("google-bert/bert-base-cased", "main")));

    private static void Validated(params (string, string?)[] settings) => new ServiceCollection()
        .AddSettings<HubOptions>(Configuration(settings), HubOptions.Section).BuildServiceProvider().GetRequiredService<IStartupValidator>().Validate();

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build();
}
