using Microsoft.Data.Sqlite;
using Newtonsoft.Json.Linq;
using NixSharp.Nar;
using NixSharp.Stores;
using NixSharp.Stores.Database;
using NixSharp.Stores.Protocol;
using NixSharp.Stores.Serving;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Serving;

/// <summary>What real clients have said to Nix 2.8.0's daemon is said to ours; the answers have to be the same.</summary>
public sealed class DaemonGoldenTests : StoreFixture
{
    private const string Recordings = "generated-nix-2.8.0/daemon-1.34";

    [RequiresTheory(Requirements.Golden)]
    [InlineData("add-dir.0")]
    [InlineData("add-flat.0")]
    [InlineData("add-rec-sha1.0")]
    [InlineData("add-root.0")]
    [InlineData("all.0")]
    [InlineData("cat.0")]
    [InlineData("copy-in.0")]
    [InlineData("copy-out.0")]
    [InlineData("derivation-show.0")]
    [InlineData("derivers.0")]
    [InlineData("export.0")]
    [InlineData("hashpart.0")]
    [InlineData("instantiate.0")]
    [InlineData("invalid.0")]
    [InlineData("make-ca.0")]
    [InlineData("make-ca.1")]
    [InlineData("outputs.0")]
    [InlineData("pathinfo.0")]
    [InlineData("pathinfo-invalid.0")]
    [InlineData("pathinfo-invalid.1")]
    [InlineData("referrers.0")]
    [InlineData("referrers-closure.0")]
    [InlineData("requisites.0")]
    [InlineData("sign.0")]
    [InlineData("valid.0")]
    [InlineData("verify-path.0")]
    public async Task A_recorded_client_gets_the_answers_that_Nix_gave(string name)
    {
        var messages = GoldenData.ReadJson($"{Recordings}/{name}.json")["messages"]!;
        PrepareStore(messages, everything: name == "copy-in.0");
        await PlaceFilesAsync();
        var server = new DaemonServer(
            token => NixStore.OpenAsync(Folder["store"], Fast, token),
            new DaemonServerOptions { NewestVersion = new ProtocolVersion(1, 34), Name = "2.8.0" });
        using var stop = new CancellationTokenSource();
        using var input = new WaitingClient(await File.ReadAllBytesAsync(GoldenData.PathOf($"{Recordings}/{name}.c2s.bin")), stop.Cancel);
        using var output = new MemoryStream();
        await server.ServeAsync(input, output, isTrusted: true, stop.Token);

        var theirs = await File.ReadAllBytesAsync(GoldenData.PathOf($"{Recordings}/{name}.s2c.bin"));
        output.Position = 0;
        using var ours = new WireReader(output) { Version = server.Options.NewestVersion };
        foreach (var message in messages)
        {
            var (start, end) = ((int)message["s2c"]![0]!, (int)message["s2c"]![1]!);
            using var slice = new MemoryStream(theirs, start, end - start, writable: false);
            using var expected = new WireReader(slice) { Version = server.Options.NewestVersion };
            if ((string)message["op"]! == "handshake")
            {
                Assert.Equal(await ReadGreetingAsync(expected), await ReadGreetingAsync(ours));
            }

            var (theirLast, ourLast) = (await ReadLastAsync(expected), await ReadLastAsync(ours));
            Assert.Equal(theirLast.GetType(), ourLast.GetType());
            if ((string)message["op"]! == "AddToStore")
            {
                Assert.Equal(Describe(await expected.ReadPathInfoAsync(default)), Describe(await ours.ReadPathInfoAsync(default)));
            }
            else if (theirLast is DaemonMessage.Last)
            {
                var answer = new byte[end - start - expected.Position];
                await new WireStream(expected).ReadExactlyAsync(answer);
                var answered = new byte[answer.Length];
                await new WireStream(ours).ReadExactlyAsync(answered);
                Assert.Equal(Convert.ToHexString(answer), Convert.ToHexString(answered));
            }
        }

        Assert.Equal(output.Length, ours.Position);
    }

    private static async Task<(ulong Magic, ulong Version, string Program)> ReadGreetingAsync(WireReader reader) =>
        (await reader.ReadNumberAsync(default), await reader.ReadNumberAsync(default), await reader.ReadNameAsync(default));

    private static async Task<DaemonMessage> ReadLastAsync(WireReader reader)
    {
        while (true)
        {
            if (await reader.ReadMessageAsync(default) is (DaemonMessage.Last or DaemonMessage.Error) and var last)
            {
                return last;
            }
        }
    }

    private static string Describe(PathInfo info) => $"{info with { References = [], Signatures = [], RegistrationTime = default }} {string.Join(' ', info.References)} {string.Join(' ', info.Signatures)}";

    private async Task PlaceFilesAsync()
    {
        Directory.CreateDirectory(Folder["store/nix/store"]);
        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf("generated-nix-2.8.0/store"), "*.nar"))
        {
            await using var nar = File.OpenRead(file);
            await NarArchive.UnpackAsync(nar, Folder[$"store/nix/store/{Path.GetFileNameWithoutExtension(file)}"]);
        }

        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf("generated-nix-2.8.0/derivations"), "*-lib.drv"))
        {
            File.Copy(file, Folder[$"store/nix/store/{Path.GetFileName(file)}"]);
        }
    }

    /// <summary>The rows of the store, as the recording found them.</summary>
    private void PrepareStore(JToken messages, bool everything)
    {
        var folder = Folder["store/nix/var/nix/db"];
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "db.sqlite");
        File.Copy(GoldenData.PathOf("generated-nix-2.8.0/store/db.sqlite"), file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Path.Combine(folder, "schema"), "10");
        var time = messages.Select(static message => (long?)message.SelectToken("response.registrationTime")).FirstOrDefault(static found => found > 0) ?? 1;

        SystemSqlite.EnsureLoaded();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"pragma foreign_keys = off; update ValidPaths set registrationTime = {time}, sigs = null; delete from ValidPaths where path like '%-top';";
        command.ExecuteNonQuery();
        foreach (var message in messages.Where(static message => message.SelectToken("response.sigs") is JArray { Count: > 0 }))
        {
            command.CommandText = $"update ValidPaths set sigs = '{string.Join(' ', message["response"]!["sigs"]!)}' where path = '{message["request"]!["arg"]}'";
            command.ExecuteNonQuery();
        }

        if (!everything)
        {
            command.CommandText = """
                delete from ValidPaths where path not like '%-lib' and path not like '%-lib-dev' and path not like '%-lib.drv';
                delete from Refs where referrer not in (select id from ValidPaths) or reference not in (select id from ValidPaths);
                """;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>A client that has said all, and waits for the last answer.</summary>
    private sealed class WaitingClient(byte[] said, Action whenSaid) : MemoryStream(said, writable: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                whenSaid();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return Read(buffer.Span);
        }
    }
}
