using System.Net;

namespace Droptune.Functions.Tests;

/// <summary>Reads answers of the API.</summary>
internal static class Answer
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Asserts success and reads the body.</summary>
    public static async Task<JsonElement> OkAsync(this Task<HttpResponseMessage> request)
    {
        using var response = await request;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return await response.JsonAsync();
    }

    /// <summary>Asserts a problem of this status and code, and reads it.</summary>
    public static async Task<JsonElement> ProblemAsync(this Task<HttpResponseMessage> request, int status, string code)
    {
        using var response = await request;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((HttpStatusCode)status == response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.JsonAsync();
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    public static string? Text(this JsonElement element, string property) => element.GetProperty(property).GetString();
}
