//! A number whose owner wants no texts, and what is known of whether a contact rings.

use crate::fixtures::{admin, at, on_both, phone, user};
use watchbell_core::user::Channel;
use watchbell_store::contacts::{self, Contact, ContactIn};
use watchbell_store::{Db, Page, StoreError, audit, contact_tests};

const NUMBER: &str = "+4915123456789";

async fn stopped(db: &Db, contact: &Contact) -> bool {
    contacts::get(db, &admin(), contact.user, contact.id).await.unwrap().stopped_at.is_some()
}

on_both! {
    async fn whoever_enters_the_number_of_another_does_not_undo_their_stop(db: Db) {
        let (ann, bob) = (user(&db, "ann").await, user(&db, "bob").await);
        let anns = phone(&db, ann.id, NUMBER, true).await;
        assert_eq!(contacts::stop_texts(&db, admin().org, NUMBER, Some(at(2))).await?, 1);
        let bobs = phone(&db, bob.id, NUMBER, false).await;
        assert!(bobs.is_stopped_for(Channel::Sms) && bobs.is_stopped_for(Channel::WhatsApp) && !bobs.is_stopped_for(Channel::Voice));
        let refused = contacts::start_texts(&db, &admin(), bob.id, bobs.id, at(3)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
        assert!(contacts::start_texts(&db, &admin(), bob.id, anns.id, at(3)).await.is_err(), "it is Ann's");
        assert!(stopped(&db, &anns).await && stopped(&db, &bobs).await);

        contacts::start_texts(&db, &admin(), ann.id, anns.id, at(4)).await?;
        assert!(!stopped(&db, &anns).await && stopped(&db, &bobs).await, "one contact alone");
        let row = &audit::of(&db, &admin(), audit::subject("contact", anns.id), Page::first(1)).await?[0];
        assert!(serde_json::to_string(row)?.contains("stopped_at"), "{row:?}");
    }

    async fn a_number_stays_stopped_where_it_is_removed_or_entered_again(db: Db) {
        let ann = user(&db, "ann").await;
        let first = phone(&db, ann.id, NUMBER, true).await;
        contacts::stop_texts(&db, admin().org, NUMBER, Some(at(2))).await?;
        contacts::delete(&db, &admin(), ann.id, first.id, at(3)).await?;
        let again = phone(&db, ann.id, NUMBER, true).await;
        assert_eq!(again.stopped_at, Some(at(2)));

        let as_number = |number: &str| ContactIn { target: number.into(), ..in_place_of(&again) };
        let other = contacts::update(&db, &admin(), ann.id, again.id, as_number("+4930123456"), at(4)).await?;
        assert_eq!(other.stopped_at, None, "another number is not stopped");
        let back = contacts::update(&db, &admin(), ann.id, again.id, as_number(NUMBER), at(5)).await?;
        assert_eq!(back.stopped_at, Some(at(2)));
        contacts::stop_texts(&db, admin().org, NUMBER, None).await?;
        assert!(!stopped(&db, &again).await);
        contacts::delete(&db, &admin(), ann.id, again.id, at(6)).await?;
        assert_eq!(phone(&db, ann.id, NUMBER, true).await.stopped_at, None);
    }

    async fn a_number_of_nobody_is_not_collected(db: Db) {
        assert_eq!(contacts::stop_texts(&db, admin().org, NUMBER, Some(at(2))).await?, 0);
        let ann = user(&db, "ann").await;
        assert_eq!(phone(&db, ann.id, NUMBER, true).await.stopped_at, None);
    }

    async fn what_was_not_sent_is_not_answered(db: Db) {
        let ann = user(&db, "ann").await;
        let phone = phone(&db, ann.id, NUMBER, true).await;
        contact_tests::plan(&db, &admin(), ann.id, (phone.id, Channel::Voice), at(2)).await?;
        for over in [Channel::Voice, Channel::Sms] {
            assert!(!contact_tests::answer(&db, &admin(), ann.id, (phone.id, over), true, at(3)).await?);
        }
        assert_eq!(contacts::get(&db, &admin(), ann.id, phone.id).await?.rang_at, None);
        let tests = contact_tests::of_user(&db, &admin(), ann.id).await?;
        assert!(tests.len() == 1 && !tests[0].wants_an_answer(), "{tests:?}");
    }
}

fn in_place_of(contact: &Contact) -> ContactIn {
    ContactIn {
        channel: contact.channel,
        target: contact.target.clone(),
        region: None,
        primary: false,
        label: None,
        sealed: None,
        vouched: false,
    }
}
