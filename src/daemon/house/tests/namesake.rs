//! Another uncramp below the same topic.

use super::*;

#[tokio::test]
async fn another_uncramp_below_the_same_topic_is_noticed_and_told_once() {
    let (mut house, hand) = house(Store::none().0);
    let [own, status] = ["home/uncramp/instance", "home/uncramp/status"].map(str::to_owned);
    for topic in [&own, &status] {
        let mut all = house.subscriptions().into_iter().flat_map(|s| s.topics);
        assert!(all.any(|(heard, _)| heard == *topic), "{topic}");
    }
    let keeper = "home/uncramp/bedroom/announce".to_owned();
    let hear = |house: &mut House<Counting>, payload: &[u8], retained| {
        assert!(house.of_ourselves("home/uncramp/instance", payload, retained));
        let announced = |topic: &String| *topic == own || *topic == keeper;
        topics(house).into_iter().filter(announced).collect::<Vec<_>>()
    };
    let other = br#"{"id":"xyz","host":"attic"}"#;
    let nothing: [String; 0] = [];
    let ours = br#"{"id":"abc","host":"here"}"#;
    assert_eq!(hear(&mut house, ours, false), nothing, "our own words come back");
    assert_eq!(hear(&mut house, other, true), nothing, "what was kept may be ours of long ago");
    assert_eq!(hear(&mut house, b"nonsense", false), nothing);
    assert_eq!(hear(&mut house, b"", false), nothing);
    let told = hear(&mut house, other, false);
    assert!(told.contains(&own) && told.contains(&keeper), "it hears that we are here: {told:?}");
    assert_eq!(faults(&house, 0), [Fault::Namesake]);
    assert_eq!(hear(&mut house, other, false), nothing, "no ping-pong");
    pass(&mut house, &hand, Time(40_000)).await;
    assert_eq!(hear(&mut house, other, false), [own], "it began anew, and is no news");
    pass(&mut house, &hand, Time(120_000)).await;
    assert_eq!(faults(&house, 0), [Fault::Namesake]);
}

#[tokio::test]
async fn who_stays_says_that_it_is_there_and_the_fault_is_over() {
    let (mut house, hand) = house(Store::none().0);
    let [own, status] = ["home/uncramp/instance", "home/uncramp/status"].map(str::to_owned);
    assert!(house.of_ourselves(&own, br#"{"id":"xyz","host":"attic"}"#, false));
    delivered(&mut house);
    assert!(house.of_ourselves(&status, b"offline", true));
    assert!(house.of_ourselves(&status, b"online", false));
    assert!(topics(&mut house).is_empty(), "nobody left");
    assert!(house.of_ourselves(&status, b"offline", false));
    let said: Vec<_> = house.due().into_iter().map(|(_, it)| (it.topic, it.payload)).collect();
    assert!(said.contains(&(status.clone(), b"online".to_vec())), "{said:?}");
    assert!(said.iter().any(|(topic, _)| *topic == own), "whoever else is there answers");
    pass(&mut house, &hand, Time(50_000)).await;
    assert_eq!(faults(&house, 0), [Fault::Namesake]);
    pass(&mut house, &hand, Time(61_000)).await;
    assert_eq!(faults(&house, 0), []);
    house.stop();
    delivered(&mut house);
    assert!(house.of_ourselves(&status, b"offline", false), "our own farewell comes back");
    assert!(topics(&mut house).is_empty());
}

#[tokio::test]
async fn another_uncramp_is_gone_also_where_another_bedroom_is_first_by_then() {
    let (mut house, hand) = house(Store::none().0);
    let [own, status] = ["home/uncramp/instance", "home/uncramp/status"].map(str::to_owned);
    assert!(house.of_ourselves(&own, br#"{"id":"xyz","host":"attic"}"#, false));
    assert_eq!(faults(&house, 0), [Fault::Namesake]);
    let mut turned = plan();
    turned.bedrooms.reverse();
    assert!(house.reload(Ok(turned)));
    assert!(house.of_ourselves(&status, b"offline", false));
    pass(&mut house, &hand, Time(61_000)).await;
    assert_eq!([faults(&house, 0), faults(&house, 1)], [[], []]);
}

#[test]
fn of_a_large_house_the_first_sixteen_devices_are_listened_for() {
    let mut large = plan();
    large.bedrooms = large.bedrooms.iter().cycle().take(10_000).cloned().collect();
    let listened = echo::topics(&large);
    assert_eq!(listened.len(), 16, "{listened:?}");
    let house = house(Store::none().0).0;
    assert_eq!(echo::topics(house.engine.plan()).len(), plan().bedrooms.len(), "a small one's all");
}
