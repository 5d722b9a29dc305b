using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Registries;

namespace NixSharp.Tool.Commands;

/// <summary>What is done with a registry rather than with one image.</summary>
internal static class RegistryCommands
{
    /// <summary><c>nixsharp image tags</c></summary>
    public static Command CreateTags()
    {
        var repository = new Argument<string>("repository") { Description = "The repository, such as registry.example.org/acme/hello." };
        var registry = new RegistryOptionSet();
        var command = new Command("tags", "List the tags of a repository.") { repository };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = registry.CreateClient(parsed, parsed.GetRequiredValue(repository));
            await PrintAsync(parsed, client.ListTagsAsync(cancellationToken), cancellationToken);
        });
        return command;
    }

    /// <summary><c>nixsharp image catalog</c></summary>
    public static Command CreateCatalog()
    {
        var host = new Argument<string>("registry") { Description = "The registry, such as registry.example.org." };
        var registry = new RegistryOptionSet();
        var command = new Command("catalog", "List the repositories of a registry, where it tells them.") { host };
        registry.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            PrintAsync(parsed, RegistryCatalog.ListAsync(parsed.GetRequiredValue(host), registry.Apply(parsed, new RegistryOptions()), cancellationToken), cancellationToken));
        return command;
    }

    /// <summary><c>nixsharp image delete</c></summary>
    public static Command CreateDelete()
    {
        var reference = new Argument<string>("reference") { Description = "A tag, or a manifest by its digest, which goes with all its tags: registry.example.org/acme/hello:1.0." };
        var registry = new RegistryOptionSet();
        var command = new Command("delete", "Delete a tag or a manifest from a registry.") { reference };
        registry.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = registry.CreateClient(parsed, parsed.GetRequiredValue(reference));
            var isDeleted = await client.DeleteManifestAsync(cancellationToken: cancellationToken);
            Output.Print(
                parsed,
                isDeleted ? $"{client.Reference} is deleted" : $"{client.Reference} was not there",
                () => new JObject { ["reference"] = client.Reference.ToString(), ["deleted"] = isDeleted });
        });
        return command;
    }

    private static async Task PrintAsync(ParseResult parsed, IAsyncEnumerable<string> items, CancellationToken cancellationToken)
    {
        var list = new List<string>();
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            list.Add(item);
        }

        Output.Print(parsed, string.Join('\n', list), () => new JArray(list));
    }
}
