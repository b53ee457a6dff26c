using Droptune.Core.Evaluation;
using Droptune.Functions.Serving;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Tests.Hosting;

public class SettingsTests
{
    [Fact]
    public void Value_Settings_ReplaceTheDefaultsThatTheyName()
    {
        using var services = Services(("Serving:Freshness", "00:00:00.2"), ("Serving:Serving:Threads", "3"), ("Promotion:Margin", "0.5"), ("Promotion:MustBeSignificant", "true"));

        var cache = services.GetRequiredService<IOptions<ModelCacheOptions>>().Value;
        var promotion = services.GetRequiredService<IOptions<PromotionSettings>>().Value;

        Assert.Equal(new ModelCacheOptions { Freshness = TimeSpan.FromMilliseconds(200), Serving = new() { Threads = 3 } }, cache);
        Assert.Equal(new PromotionSettings { Margin = 0.5, MustBeSignificant = true }, promotion);
    }

    [Fact]
    public void Validate_ManyProblems_NamesThemAllAtOnce()
    {
        using var services = Services(
            ("Promotion:Margin", "a lot"), ("Promotion:LabelFloor", "1.5"), ("Promotion:MustBeSignificant", "yes"), ("Serving:Freshness", "-00:00:01"),
            ("Serving:Folder", ""), ("Serving:MemoryBytes", "12.5"), ("Serving:Serving:Threads", "0"), ("Serving:Serving:MaxWaitingPieces", "100"));

        var problems = SettingsServices.Problems(Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()));

        Assert.Equal(
            [
                "These settings cannot be used:",
                "  Promotion__LabelFloor is 1.5; it must be 0 to 1",
                "  Promotion__Margin is 'a lot'; it must be a number",
                "  Promotion__MustBeSignificant is 'yes'; it must be true or false",
                "  Serving__Folder is ''; it must be set",
                "  Serving__Freshness is -00:00:01; it must be 00:00:00 to 01:00:00",
                "  Serving__MemoryBytes is '12.5'; it must be a whole number",
                "  Serving__Serving__MaxWaitingPieces is 100; it must be at least BatchPieces (512): else no run is ever full",
                "  Serving__Serving__Threads is 0; it must be 1 to 1024",
            ],
            problems!.Split(Environment.NewLine).Order(StringComparer.Ordinal).OrderBy(line => line[0] == ' '));
    }

    [Fact]
    public void Problems_AnotherError_IsNone() => Assert.Null(SettingsServices.Problems(new InvalidOperationException("of its own")));

    private static ServiceProvider Services(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build();
        return new ServiceCollection()
            .AddSettings<PromotionSettings>(configuration, PromotionSettings.Section)
            .AddSettings<ModelCacheOptions>(configuration, ModelCacheOptions.Section)
            .BuildServiceProvider();
    }
}
